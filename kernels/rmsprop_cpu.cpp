#include "kernels/bf16.h"
#include "kernels/rmsprop.h"
#include "kernels/rmsprop_math.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {

void execute(const RmsProp& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    const auto* state = read<ReplicaState>(memory, op.replica_state, r);
    const RmsPropScalars scalars = {state->step_size, static_cast<float>(state->rho),
                                    static_cast<float>(1.0 - state->rho), state->epsilon};
    const float* gradient = read<float>(memory, op.gradient, r);
    float* weights = write<float>(memory, op.weights, r);
    float* v = write<float>(memory, op.v, r);
    Bf16* copy = op.bf16_copy ? write<Bf16>(memory, op.weights_bf16, r) : nullptr;
    for (std::int64_t i = 0; i < op.parameters; ++i) {
      rmsprop_update(gradient[i], scalars, weights[i], v[i]);
      if (copy) copy[i] = to_bf16(weights[i]);
    }
  }
}

}  // namespace gpu_sweep::cpu
