#include "kernels/bf16.h"
#include "kernels/sgd.h"
#include "kernels/sgd_math.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {

void execute(const Sgd& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    const auto* state = read<ReplicaState>(memory, op.replica_state, r);
    const float learning_rate = state->step_size;
    const float momentum = state->momentum;
    const float* gradient = read<float>(memory, op.gradient, r);
    float* weights = write<float>(memory, op.weights, r);
    float* velocity = write<float>(memory, op.velocity, r);
    Bf16* copy = op.bf16_copy ? write<Bf16>(memory, op.weights_bf16, r) : nullptr;
    for (std::int64_t i = 0; i < op.parameters; ++i) {
      sgd_update(gradient[i], learning_rate, momentum, weights[i], velocity[i]);
      if (copy) copy[i] = to_bf16(weights[i]);
    }
  }
}

}  // namespace gpu_sweep::cpu
