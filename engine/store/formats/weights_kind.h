// How to tell a file of weights from other files without reading it whole.
#pragma once

#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// The first array of a file that save_weights (gpu_sweep/weights_file.h) writes stands first in the archive.
inline constexpr FileKind kWeightsKind = {"weights file", "PK\x03\x04", "dense_0/kernel.npy", 64,
                                          "another name"};

}  // namespace gpu_sweep
