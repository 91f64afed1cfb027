#include "kernels/bf16.h"
#include "kernels/launch.cuh"
#include "kernels/pack.cuh"
#include "kernels/rmsprop.h"
#include "kernels/rmsprop_math.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// One step of RMSprop. A thread updates kWidth neighbouring parameters of one replica. kWidth > 1 asks for
/// parameters % kWidth == 0 and aligned tensors.
template <int kWidth>
__global__ __launch_bounds__(kBlockThreads) void update(RmsProp op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const std::int64_t i = (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (i >= op.parameters) return;

  const ReplicaState* state = read<ReplicaState>(memory, op.replica_state, r);
  const RmsPropScalars scalars = {state->step_size, static_cast<float>(state->rho),
                                  static_cast<float>(1.0 - state->rho), state->epsilon};
  const auto gradient = load<kWidth>(read<float>(memory, op.gradient, r) + i);
  auto weights = load<kWidth>(read<float>(memory, op.weights, r) + i);
  auto v = load<kWidth>(read<float>(memory, op.v, r) + i);
  for (int k = 0; k < kWidth; ++k) rmsprop_update(gradient.at[k], scalars, weights.at[k], v.at[k]);
  store(write<float>(memory, op.weights, r) + i, weights);
  store(write<float>(memory, op.v, r) + i, v);
  if (op.bf16_copy) store_bf16(write<Bf16>(memory, op.weights_bf16, r) + i, weights);
}

template <int kWidth>
void launch_update(const RmsProp& op, const Memory& memory, Queue& queue) {
  launch_replicas("rmsprop", queue, ceil_divide(op.parameters, kBlockThreads * kWidth), kBlockThreads,
                  update<kWidth>, op, memory);
}

}  // namespace

void execute(const RmsProp& op, const Memory& memory, Queue& queue) {
  const bool packs = op.parameters % 4 == 0 && aligned(memory, op.gradient, 16) &&
                     aligned(memory, op.weights, 16) && aligned(memory, op.v, 16) &&
                     (!op.bf16_copy || aligned(memory, op.weights_bf16, 8));
  packs ? launch_update<4>(op, memory, queue) : launch_update<1>(op, memory, queue);
}

}  // namespace gpu_sweep::cuda
