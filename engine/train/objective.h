// The objective that training minimizes, from the sums of a pass.
#pragma once

#include "gpu_sweep/mlp_spec.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {

/// Returns the mean over the rows of the weighted, smoothed cross-entropy plus the L2 penalty. Without any of
/// these settings it is the mean loss, to the last bit.
inline double mean_objective(const Metrics& sums, const StepExtras& extras) {
  const double losses = extras.weighted_loss ? sums.weighted_loss_sum : sums.loss_sum;
  return (losses + sums.penalty_sum) / static_cast<double>(sums.rows);
}

}  // namespace gpu_sweep
