#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/sum_of_squares.cuh"
#include "kernels/optimizer/weight_penalty.h"

namespace gpu_sweep::cuda {
namespace {

/// kWidth > 1 requires parameters % kWidth == 0 and aligned weights.
template <int kWidth>
__global__ __launch_bounds__(kSquareThreads) void penalty(WeightPenalty op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const float l2 = read<ReplicaState>(memory, op.replica_state, r)->l2;
  if (l2 == 0) return;  // in all threads of the block, so none waits at a barrier
  const double squares = block_sum_of_squares<kWidth>(read<float>(memory, op.weights, r), op.parameters);
  if (threadIdx.x != 0) return;
  const int valid = valid_rows(*read<StepState>(memory, op.state, 0), op.batch, op.rows);
  write<Metrics>(memory, op.metrics, r)->penalty_sum += valid * weight_penalty(squares, l2);
}

}  // namespace

void execute(const WeightPenalty& op, const Memory& memory, Queue& queue) {
  const bool packs = op.parameters % 4 == 0 && aligned(memory, op.weights, 16);
  launch_replicas("weight_penalty", queue, 1, kSquareThreads, packs ? penalty<4> : penalty<1>, op, memory);
}

}  // namespace gpu_sweep::cuda
