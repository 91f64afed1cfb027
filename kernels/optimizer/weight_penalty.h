// The L2 penalty on a replica's weights, as a part of its training objective.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// Adds valid * l2 / 2 * sum over all parameters of w^2 to metrics[r].penalty_sum, with
/// valid = min(B, N - cursor) and w the weights (in training, before the update of the step). The gradient of
/// the penalty is the l2 w that the update adds (AdjustedRule). Adds nothing to a replica whose l2 is 0, and
/// does not read its weights. The squares are summed in double, in an order that depends only on P.
struct WeightPenalty {
  int replicas = 1;
  int batch = 0;                ///< B
  int rows = 0;                 ///< N
  std::int64_t parameters = 0;  ///< P, padded to 64
  Tensor weights;               ///< [R, P] f32
  Tensor state;                 ///< [1] StepState
  Tensor replica_state;         ///< [R] ReplicaState
  Tensor metrics;               ///< [R] Metrics, added to
};

namespace cpu {
void execute(const WeightPenalty& op, const Memory& memory);
}
namespace cuda {
void execute(const WeightPenalty& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
