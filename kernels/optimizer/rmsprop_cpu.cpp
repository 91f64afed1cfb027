#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/rmsprop.h"
#include "kernels/optimizer/rmsprop_math.h"

namespace gpu_sweep::cpu {
namespace {

template <bool kCopy>
GPU_SWEEP_CPU_CLONES void update(const float* __restrict__ gradient, RmsPropScalars scalars,
                                 std::int64_t count, float* __restrict__ weights, float* __restrict__ v,
                                 Bf16* __restrict__ copy) {
  for (std::int64_t i = 0; i < count; ++i) {
    rmsprop_update(gradient[i], scalars, weights[i], v[i]);
    if constexpr (kCopy) copy[i] = to_bf16(weights[i]);
  }
}

}  // namespace

void execute(const RmsProp& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    const auto* state = read<ReplicaState>(memory, op.replica_state, r);
    const RmsPropScalars scalars = {state->step_size, static_cast<float>(state->rho),
                                    static_cast<float>(1.0 - state->rho), state->epsilon};
    const auto run = op.bf16_copy ? update<true> : update<false>;
    run(read<float>(memory, op.gradient, r), scalars, op.parameters, write<float>(memory, op.weights, r),
        write<float>(memory, op.v, r), op.bf16_copy ? write<Bf16>(memory, op.weights_bf16, r) : nullptr);
  }
}

}  // namespace gpu_sweep::cpu
