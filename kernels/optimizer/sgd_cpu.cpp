#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/sgd.h"
#include "kernels/optimizer/sgd_math.h"

namespace gpu_sweep::cpu {
namespace {

template <bool kCopy>
GPU_SWEEP_CPU_CLONES void update(const float* __restrict__ gradient, float learning_rate, float momentum,
                                 std::int64_t count, float* __restrict__ weights,
                                 float* __restrict__ velocity, Bf16* __restrict__ copy) {
  for (std::int64_t i = 0; i < count; ++i) {
    sgd_update(gradient[i], learning_rate, momentum, weights[i], velocity[i]);
    if constexpr (kCopy) copy[i] = to_bf16(weights[i]);
  }
}

}  // namespace

void execute(const Sgd& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    const auto* state = read<ReplicaState>(memory, op.replica_state, r);
    const auto run = op.bf16_copy ? update<true> : update<false>;
    run(read<float>(memory, op.gradient, r), state->step_size, state->momentum, op.parameters,
        write<float>(memory, op.weights, r), write<float>(memory, op.velocity, r),
        op.bf16_copy ? write<Bf16>(memory, op.weights_bf16, r) : nullptr);
  }
}

}  // namespace gpu_sweep::cpu
