// Reads the labels of a split.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/array_reader.h"

namespace gpu_sweep {

struct Labels {
  std::vector<std::uint8_t> values;  ///< [N]
  int columns = 0;                   ///< K of one-hot labels, otherwise 0
  std::string sha256;                ///< of the file
};

/// Reads whole numbers from 0 to 255 of any type [N] or [N, 1], or one-hot rows [N, K]. Throws Error(kData),
/// naming the row, for anything else.
Labels read_labels(ArrayReader& array);

}  // namespace gpu_sweep
