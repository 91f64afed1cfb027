// One step of an optimizer.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"
#include "kernels/optimizer/optimizer_properties.h"

namespace gpu_sweep {

/// Updates each parameter and its moments by the optimizer's rule (optimizer_math.h). Elements are
/// independent of each other, so the division into blocks of threads does not affect the results. An element
/// whose weight, gradient and moments are +0 stays +0. With `bf16_copy`, the new weight is also written to
/// `weights_bf16`, rounded to nearest, ties to even. With `adjusted`, clipping, the L2 penalty and weight
/// decay come before the rule (AdjustedRule), and stopped replicas are left unchanged.
struct Update {
  OptimizerKind optimizer = OptimizerKind::kAdam;
  int replicas = 1;
  std::int64_t parameters = 0;  ///< P, padded to 64
  bool adjusted = false;
  bool bf16_copy = false;        ///< false: `weights_bf16` is not touched
  Tensor replica_state;          ///< [R] ReplicaState: the scalars
  Tensor gradient;               ///< [R, P] f32
  Tensor weights;                ///< [R, P] f32, updated
  Tensor moments[kMostMoments];  ///< [R, P] f32, updated: the first moment_count(optimizer) of them
  Tensor weights_bf16;           ///< [R, P] bf16, written
};

namespace cpu {
void execute(const Update& op, const Memory& memory);

/// Updates parameters `first` to `first + count - 1` of one replica by the `count` values of `gradient`,
/// which stand for those elements of `op.gradient`.
void update_range(const Update& op, const Memory& memory, int replica, std::int64_t first, std::int64_t count,
                  const float* gradient);
}  // namespace cpu
namespace cuda {
void execute(const Update& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
