#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/sum_of_squares_cpu.h"
#include "kernels/optimizer/weight_penalty.h"

namespace gpu_sweep::cpu {

void execute(const WeightPenalty& op, const Memory& memory) {
  const int valid = valid_rows(*read<StepState>(memory, op.state, 0), op.batch, op.rows);
  for (int r = 0; r < op.replicas; ++r) {
    const float l2 = read<ReplicaState>(memory, op.replica_state, r)->l2;
    if (l2 == 0) continue;
    const double squares = sum_of_squares(read<float>(memory, op.weights, r), op.parameters);
    write<Metrics>(memory, op.metrics, r)->penalty_sum += valid * weight_penalty(squares, l2);
  }
}

}  // namespace gpu_sweep::cpu
