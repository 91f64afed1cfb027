// How to tell a file of weights from other files without reading it whole.
#pragma once

#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// A file that save_weights (gpu_sweep/weights_file.h) writes is an archive that begins with the array
/// "dense_0/kernel".
inline constexpr FileKind kWeightsKind = {"weights file", "PK\x03\x04", "dense_0/kernel.npy", 64,
                                          "another name"};

}  // namespace gpu_sweep
