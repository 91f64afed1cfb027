#include "kernels/adam.h"
#include "kernels/adam_math.h"
#include "kernels/bf16.h"
#include "kernels/launch.cuh"
#include "kernels/pack.cuh"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// One step of Adam. A thread updates kWidth neighbouring parameters of one replica. kWidth > 1 asks for
/// parameters % kWidth == 0 and aligned tensors.
template <int kWidth>
__global__ __launch_bounds__(kBlockThreads) void update(Adam op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const std::int64_t i = (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (i >= op.parameters) return;

  const ReplicaState* state = read<ReplicaState>(memory, op.replica_state, r);
  const AdamScalars scalars = {state->step_size, static_cast<float>(1.0 - state->beta1),
                               static_cast<float>(1.0 - state->beta2), state->epsilon};
  const auto gradient = load<kWidth>(read<float>(memory, op.gradient, r) + i);
  auto weights = load<kWidth>(read<float>(memory, op.weights, r) + i);
  auto m = load<kWidth>(read<float>(memory, op.m, r) + i);
  auto v = load<kWidth>(read<float>(memory, op.v, r) + i);
  for (int k = 0; k < kWidth; ++k) adam_update(gradient.at[k], scalars, weights.at[k], m.at[k], v.at[k]);
  store(write<float>(memory, op.weights, r) + i, weights);
  store(write<float>(memory, op.m, r) + i, m);
  store(write<float>(memory, op.v, r) + i, v);
  if (op.bf16_copy) store_bf16(write<Bf16>(memory, op.weights_bf16, r) + i, weights);
}

template <int kWidth>
void launch_update(const Adam& op, const Memory& memory, Queue& queue) {
  launch_replicas("adam", queue, ceil_divide(op.parameters, kBlockThreads * kWidth), kBlockThreads,
                  update<kWidth>, op, memory);
}

}  // namespace

void execute(const Adam& op, const Memory& memory, Queue& queue) {
  const bool packs = op.parameters % 4 == 0 && aligned(memory, op.gradient, 16) &&
                     aligned(memory, op.weights, 16) && aligned(memory, op.m, 16) &&
                     aligned(memory, op.v, 16) && (!op.bf16_copy || aligned(memory, op.weights_bf16, 8));
  packs ? launch_update<4>(op, memory, queue) : launch_update<1>(op, memory, queue);
}

}  // namespace gpu_sweep::cuda
