#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/sum_of_squares.cuh"

namespace gpu_sweep::cuda {
namespace {

/// kWidth > 1 requires parameters % kWidth == 0 and an aligned gradient.
template <int kWidth>
__global__ __launch_bounds__(kSquareThreads) void gradient_norm(GradientNorm op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const double squares = block_sum_of_squares<kWidth>(read<float>(memory, op.gradient, r), op.parameters);
  if (threadIdx.x != 0) return;
  ReplicaState* state = write<ReplicaState>(memory, op.replica_state, r);
  state->gradient_scale = gradient_scale(squares, state->gradient_clip_norm);
}

}  // namespace

void execute(const GradientNorm& op, const Memory& memory, Queue& queue) {
  const bool packs = op.parameters % 4 == 0 && aligned(memory, op.gradient, 16);
  launch_replicas("gradient_norm", queue, 1, kSquareThreads, packs ? gradient_norm<4> : gradient_norm<1>, op,
                  memory);
}

}  // namespace gpu_sweep::cuda
