// Weights from the arrays of a .npz file in memory.
#pragma once

#include <filesystem>

#include "engine/model/weights.h"
#include "engine/store/formats/npz.h"

namespace gpu_sweep {

/// As load_weights (engine/store/formats/weights_file.h); messages call the arrays `file`.
Weights parse_weights(NpzArrays arrays, const std::filesystem::path& file);

}  // namespace gpu_sweep
