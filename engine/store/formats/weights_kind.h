// How to tell a file of weights from other files without reading it whole.
#pragma once

#include "engine/store/files/own_file.h"

namespace gpu_sweep {

/// save_weights (gpu_sweep/weights_file.h) writes the kernel of the first layer first, so the name of this
/// array stands within the first 64 bytes of the archive.
inline constexpr FileKind kWeightsKind = {"weights file", "PK\x03\x04", "dense_0/kernel.npy", 64,
                                          "another name"};

}  // namespace gpu_sweep
