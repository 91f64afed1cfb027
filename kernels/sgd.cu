#include "kernels/bf16.h"
#include "kernels/launch.cuh"
#include "kernels/pack.cuh"
#include "kernels/sgd.h"
#include "kernels/sgd_math.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// One step of SGD with momentum. A thread updates kWidth neighbouring parameters of one replica. kWidth > 1
/// asks for parameters % kWidth == 0 and aligned tensors.
template <int kWidth>
__global__ __launch_bounds__(kBlockThreads) void update(Sgd op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const std::int64_t i = (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (i >= op.parameters) return;

  const ReplicaState* state = read<ReplicaState>(memory, op.replica_state, r);
  const float learning_rate = state->step_size;
  const float momentum = state->momentum;
  const auto gradient = load<kWidth>(read<float>(memory, op.gradient, r) + i);
  auto weights = load<kWidth>(read<float>(memory, op.weights, r) + i);
  auto velocity = load<kWidth>(read<float>(memory, op.velocity, r) + i);
  for (int k = 0; k < kWidth; ++k) {
    sgd_update(gradient.at[k], learning_rate, momentum, weights.at[k], velocity.at[k]);
  }
  store(write<float>(memory, op.weights, r) + i, weights);
  store(write<float>(memory, op.velocity, r) + i, velocity);
  if (op.bf16_copy) store_bf16(write<Bf16>(memory, op.weights_bf16, r) + i, weights);
}

template <int kWidth>
void launch_update(const Sgd& op, const Memory& memory, Queue& queue) {
  launch_replicas("sgd", queue, ceil_divide(op.parameters, kBlockThreads * kWidth), kBlockThreads,
                  update<kWidth>, op, memory);
}

}  // namespace

void execute(const Sgd& op, const Memory& memory, Queue& queue) {
  const bool packs = op.parameters % 4 == 0 && aligned(memory, op.gradient, 16) &&
                     aligned(memory, op.weights, 16) && aligned(memory, op.velocity, 16) &&
                     (!op.bf16_copy || aligned(memory, op.weights_bf16, 8));
  packs ? launch_update<4>(op, memory, queue) : launch_update<1>(op, memory, queue);
}

}  // namespace gpu_sweep::cuda
