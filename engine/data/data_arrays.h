// Data sets from four arrays in memory.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep {

/// Images [rows, height, width], or labels [rows] with height and width 1. The values are not copied and must
/// outlive this object.
struct DataArray {
  std::string name;  ///< for messages
  int rows = 0;      ///< N
  int height = 1;
  int width = 1;
  std::span<const std::uint8_t> values;
  std::string sha256;  ///< of an IDX file with these values
};

using DataArrays = std::array<DataArray, 4>;  ///< train images, train labels, test images, test labels

/// Return the images, `rows` of `height` x `width`, or the labels, with their hash. Throw Error(kData) if the
/// number of values does not match, or if an IDX file may not have these sizes.
DataArray images_in_memory(const std::string& name, std::span<const std::uint8_t> values, std::uint64_t rows,
                           std::uint64_t height, std::uint64_t width);
DataArray labels_in_memory(const std::string& name, std::span<const std::uint8_t> values);

/// Checks and splits a data set, as load_dataset does for files: equal values give an equal data set, with
/// the same hashes. Messages and reports call the data set `place`.
Dataset make_dataset(const DataArrays& arrays, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes = {});

}  // namespace gpu_sweep
