// Limit on the number of classes in the operations of the output layer.
#pragma once

namespace gpu_sweep {

/// Largest number of classes, since labels and predictions are bytes.
inline constexpr int kMostClasses = 256;

}  // namespace gpu_sweep
