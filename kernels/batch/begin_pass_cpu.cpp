#include <algorithm>

#include "kernels/batch/begin_pass.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cpu {

void execute(const BeginPass& op, const Memory& memory) {
  auto* state = write<StepState>(memory, op.state, 0);
  state->cursor = 0;
  state->epoch += op.begins_epoch;
  for (int r = 0; r < op.replicas; ++r) {
    *write<Metrics>(memory, op.metrics, r) = Metrics{};
    if (op.clear_confusion) {
      auto* confusion = write<std::uint32_t>(memory, op.confusion, r);
      std::fill(confusion, confusion + op.classes * op.classes, 0u);
    }
  }
}

}  // namespace gpu_sweep::cpu
