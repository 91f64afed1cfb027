#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/optimizer_math.h"

namespace gpu_sweep::cpu {
namespace {

constexpr int kPartialSums = 32;

/// Returns the sum of the squares. Element i is added to partial sum i mod 32, and the partial sums are added
/// in ascending order. `count` is a multiple of 32.
GPU_SWEEP_CPU_CLONES double sum_of_squares(const float* gradient, std::int64_t count) {
  double partial[kPartialSums] = {};
  for (std::int64_t i = 0; i < count; i += kPartialSums) {
    for (int j = 0; j < kPartialSums; ++j) {
      const double g = gradient[i + j];
      partial[j] += g * g;
    }
  }
  double sum = 0;
  for (const double part : partial) sum += part;
  return sum;
}

}  // namespace

void execute(const GradientNorm& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    auto* state = write<ReplicaState>(memory, op.replica_state, r);
    const double squares = sum_of_squares(read<float>(memory, op.gradient, r), op.parameters);
    state->gradient_scale = gradient_scale(squares, state->gradient_clip_norm);
  }
}

}  // namespace gpu_sweep::cpu
