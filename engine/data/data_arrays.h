// The four arrays of a data set in memory, borrowed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep {

/// Images [rows, height, width], or labels [rows] with height and width 1. The values must outlive it.
struct DataArray {
  std::string name;  ///< for messages
  int rows = 0;      ///< N
  int height = 1;
  int width = 1;
  std::span<const std::uint8_t> values;
  std::string sha256;  ///< of the IDX file that has these values
};

using DataArrays = std::array<DataArray, 4>;  ///< train images, train labels, test images, test labels

/// Returns images of `rows` rows of `height` x `width`, or labels if these are absent, with their hash.
/// Throws Error(kData) unless `values` has as many and IDX files may have these sizes.
DataArray images_in_memory(const std::string& name, std::span<const std::uint8_t> values, std::uint64_t rows,
                           std::uint64_t height, std::uint64_t width);
DataArray labels_in_memory(const std::string& name, std::span<const std::uint8_t> values);

/// Checks and splits a data set, as load_dataset does for files: equal values give an equal data set, with
/// the same hashes. `place` is what messages and reports call it.
Dataset make_dataset(const DataArrays& arrays, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes = {});

}  // namespace gpu_sweep
