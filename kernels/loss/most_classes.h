// How many classes the operations of the output layer take.
#pragma once

namespace gpu_sweep {

/// Labels and predictions are bytes.
inline constexpr int kMostClasses = 256;

}  // namespace gpu_sweep
