// Limit on the number of classes in the operations of the output layer.
#pragma once

namespace gpu_sweep {

/// Labels and predictions are bytes, so there cannot be more classes.
inline constexpr int kMostClasses = 256;

}  // namespace gpu_sweep
