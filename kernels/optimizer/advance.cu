#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/advance.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/schedule_math.h"

namespace gpu_sweep::cuda {
namespace {

/// Each thread processes one replica. The first thread also advances the shared state, which no other thread
/// reads.
template <bool kScheduled>
__global__ __launch_bounds__(kBlockThreads) void advance(Advance op, Memory memory) {
  const int r = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (r == 0) {
    StepState* state = write<StepState>(memory, op.state, 0);
    state->cursor += static_cast<std::uint32_t>(op.batch);
    state->step += op.optimizer_step;
  }
  if (r >= op.replicas || !op.optimizer_step) return;
  ReplicaState* replica = write<ReplicaState>(memory, op.replica_state, r);
  if constexpr (kScheduled) replica->learning_rate = scheduled_rate(replica->schedule, ++replica->steps);
  replica->beta1_power *= replica->beta1;
  replica->beta2_power *= replica->beta2;
  replica->step_size = step_size(op.optimizer, *replica);
}

}  // namespace

void execute(const Advance& op, const Memory& memory, Queue& queue) {
  const int replicas = op.optimizer_step ? op.replicas : 1;
  launch("advance", queue, ceil_divide(replicas, kBlockThreads), 1, kBlockThreads,
         op.scheduled ? advance<true> : advance<false>, op, memory);
}

}  // namespace gpu_sweep::cuda
