#include "kernels/batch/begin_pass.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// Each thread clears one element of a replica's confusion matrix if `clear_confusion` is set. The first
/// thread of each replica also clears the metrics of that replica, and the first thread of replica 0 also
/// updates the state.
__global__ __launch_bounds__(kBlockThreads) void begin_pass(BeginPass op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (op.clear_confusion && i < op.classes * op.classes) {
    write<std::uint32_t>(memory, op.confusion, r)[i] = 0;
  }
  if (i > 0) return;
  *write<Metrics>(memory, op.metrics, r) = Metrics{};
  if (r > 0) return;
  StepState* state = write<StepState>(memory, op.state, 0);
  state->cursor = 0;
  state->epoch += op.begins_epoch;
}

}  // namespace

void execute(const BeginPass& op, const Memory& memory, Queue& queue) {
  const int cells = op.clear_confusion ? op.classes * op.classes : 1;
  launch_replicas("begin_pass", queue, ceil_divide(cells, kBlockThreads), kBlockThreads, begin_pass, op,
                  memory);
}

}  // namespace gpu_sweep::cuda
