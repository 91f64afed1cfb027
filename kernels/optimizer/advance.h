// The end of a step of training or evaluation: advances the cursor and the scalars that depend on the step.
#pragma once

#include "gpu_sweep/optimizer.h"
#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// state.cursor += B. With `optimizer_step`, also state.step += 1, and for every replica
///   beta1_power *= beta1;  beta2_power *= beta2
/// in double (with float powers, 1 - beta2^t would have only about five correct digits at small t). Then
/// step_size becomes that of the next step (optimizer_math.h). With `scheduled`, steps += 1 and
/// learning_rate becomes that of the next step (schedule_math.h) before step_size is computed from it.
struct Advance {
  int replicas = 1;
  int batch = 0;               ///< B
  bool optimizer_step = true;  ///< false (evaluation): `replica_state` is not touched
  bool scheduled = false;      ///< the learning rate follows each replica's schedule
  OptimizerKind optimizer = OptimizerKind::kAdam;
  Tensor state;          ///< [1] StepState, updated
  Tensor replica_state;  ///< [R] ReplicaState, updated
};

namespace cpu {
void execute(const Advance& op, const Memory& memory);
}
namespace cuda {
void execute(const Advance& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
