// Weights from the arrays of a .npz file in memory.
#pragma once

#include <filesystem>

#include "engine/store/formats/npz.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Does for arrays in memory what load_weights (gpu_sweep/weights_file.h) does for a file. Messages call the
/// arrays `file`.
Weights parse_weights(NpzArrays arrays, const std::filesystem::path& file);

}  // namespace gpu_sweep
