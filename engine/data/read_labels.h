// Reads the labels of a split.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/array_reader.h"

namespace gpu_sweep {

struct Labels {
  std::vector<std::uint8_t> values;  ///< [N]
  int columns = 0;                   ///< of one-hot labels; otherwise 0
  std::string sha256;                ///< of the file
};

/// Reads the labels of N rows. They are whole numbers from 0 to 255, of any element type, in an array of
/// shape [N] or [N, 1], or one-hot rows in an array of shape [N, K], K <= 256. Throws Error(kData) for any
/// other shape. For any other value, throws Error(kData) that names the row.
Labels read_labels(ArrayReader& array);

}  // namespace gpu_sweep
