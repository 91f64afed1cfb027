#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/advance.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/schedule_math.h"

namespace gpu_sweep::cpu {

void execute(const Advance& op, const Memory& memory) {
  auto* state = write<StepState>(memory, op.state, 0);
  state->cursor += op.batch;
  if (!op.optimizer_step) return;
  state->step += 1;
  for (int r = 0; r < op.replicas; ++r) {
    auto* replica = write<ReplicaState>(memory, op.replica_state, r);
    if (op.scheduled) replica->learning_rate = scheduled_rate(replica->schedule, ++replica->steps);
    replica->beta1_power *= replica->beta1;
    replica->beta2_power *= replica->beta2;
    replica->step_size = step_size(op.optimizer, *replica);
  }
}

}  // namespace gpu_sweep::cpu
