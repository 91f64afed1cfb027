// Weights from the arrays of a .npz file in memory.
#pragma once

#include <filesystem>

#include "engine/store/formats/npz.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// As load_weights (gpu_sweep/weights_file.h); messages call the arrays `file`.
Weights parse_weights(NpzArrays arrays, const std::filesystem::path& file);

}  // namespace gpu_sweep
