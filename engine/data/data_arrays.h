// The arrays of a data set in memory, borrowed.
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

/// An array of the caller in C order. The bytes are not copied and must outlive this object.
struct DataArray {
  std::string name;  ///< for messages
  ElementFormat format;
  std::vector<std::uint64_t> shape;  ///< [N, ...]
  std::span<const std::uint8_t> bytes;
  std::string sha256;  ///< of a file with these values
};

/// Of training inputs and labels, then test inputs and labels.
using DataHashes = std::array<std::string, 4>;

struct DataArrays {
  DataArray x_train, y_train, x_test, y_test;
  std::optional<DataArray> x_valid, y_valid;  ///< validation rows of their own: both or neither
};

/// Returns an array with the hash of the .npy file that NumPy writes for it.
DataArray npy_in_memory(const std::string& name, ElementFormat format, std::vector<std::uint64_t> shape,
                        std::span<const std::uint8_t> bytes);

/// Returns the hashes of the IDX files that hold the same values, or nothing if no such files can: only byte
/// images [N, height, width] with whole numbers as labels [N] and no validation rows of their own have them.
/// Throws Error(kData) for labels beyond 0 to 255.
std::optional<DataHashes> idx_hashes(const DataArrays& arrays);

/// Checks and splits a data set, as load_dataset does for files: equal values give an equal data set, with
/// the hashes that the arrays have. Messages and reports call the data set `place`.
Dataset make_dataset(const DataArrays& arrays, const std::string& place, DataRemarks* remarks,
                     const ClassSpec& classes = {}, const DataSettings& settings = {});

}  // namespace gpu_sweep
