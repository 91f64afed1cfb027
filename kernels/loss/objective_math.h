// Scalar math of the training objective of one row, shared by all backends.
#pragma once

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// Returns the sum over the classes of target times logit. The target of the label is 1, of which the part
/// `smoothing` is spread evenly over all `classes`. `label_logit` is the logit of the label, and `logits_sum`
/// the sum of all logits; each logit is relative to the highest one. Without smoothing, the result is
/// `label_logit` to the last bit.
GPU_SWEEP_HOST_DEVICE float smoothed_logit(float label_logit, float logits_sum, float smoothing,
                                           int classes) {
  if (smoothing == 0) return label_logit;
  return (1.0f - smoothing) * label_logit + smoothing / static_cast<float>(classes) * logits_sum;
}

}  // namespace gpu_sweep
