#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/sum_of_squares_cpu.h"

namespace gpu_sweep::cpu {
void execute(const GradientNorm& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    auto* state = write<ReplicaState>(memory, op.replica_state, r);
    const double squares = sum_of_squares(read<float>(memory, op.gradient, r), op.parameters);
    state->gradient_scale = gradient_scale(squares, state->gradient_clip_norm);
  }
}

}  // namespace gpu_sweep::cpu
