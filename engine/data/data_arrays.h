// The arrays of a data set that the caller holds in memory. They are borrowed, not copied.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/element_type.h"
#include "gpu_sweep/load_dataset.h"

namespace gpu_sweep {

/// An array in C order that the caller owns. The bytes are not copied and must outlive this object.
struct DataArray {
  std::string name;  ///< for messages
  ElementFormat format;
  std::vector<std::uint64_t> shape;  ///< [N, ...]
  std::span<const std::uint8_t> bytes;
  std::string sha256;  ///< of the .npy or IDX file that would hold these values
};

/// The hashes of the training inputs, training labels, test inputs and test labels, in this order.
using DataHashes = std::array<std::string, 4>;

struct DataArrays {
  DataArray x_train, y_train, x_test, y_test;
  std::optional<DataArray> x_valid, y_valid;  ///< separate validation rows: both are set or neither is
};

/// Returns an array whose hash is that of the .npy file that NumPy would write for it.
DataArray npy_in_memory(const std::string& name, ElementFormat format, std::vector<std::uint64_t> shape,
                        std::span<const std::uint8_t> bytes);

/// Returns the hashes of the IDX files that would hold the same values. Returns nothing unless the inputs are
/// byte images [N, height, width], the labels are numbers (not one-hot), and there are no separate validation
/// rows. Throws Error(kData) for labels that read_labels refuses, and for sizes that idx_header refuses.
std::optional<DataHashes> idx_hashes(const DataArrays& arrays);

/// Checks and splits a data set, as load_dataset does for files. Uses DataArray::sha256 in place of the
/// hashes of files. Messages and reports call the data set `place`.
Dataset make_dataset(const DataArrays& arrays, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes = {}, const DataSettings& settings = {});

}  // namespace gpu_sweep
