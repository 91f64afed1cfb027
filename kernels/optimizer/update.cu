#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/pack.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/update.h"

namespace gpu_sweep::cuda {
namespace {

/// One step of an optimizer. A thread updates kWidth neighboring parameters of one replica. kWidth > 1
/// requires parameters % kWidth == 0 and aligned tensors.
template <OptimizerKind kOptimizer, bool kAdjusted, int kWidth>
__global__ __launch_bounds__(kBlockThreads) void update(Update op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const std::int64_t i = (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kWidth;
  if (i >= op.parameters) return;

  if constexpr (kAdjusted) {
    if (read<ReplicaState>(memory, op.replica_state, r)->stopped != 0) return;
  }
  using Rule = typename RuleOf<kOptimizer>::type;
  const std::conditional_t<kAdjusted, AdjustedRule<Rule>, Rule> rule(
      *read<ReplicaState>(memory, op.replica_state, r));
  constexpr int kMoments = moment_count(kOptimizer);
  const auto gradient = load<kWidth>(read<float>(memory, op.gradient, r) + i);
  auto weights = load<kWidth>(read<float>(memory, op.weights, r) + i);
  Pack<float, kWidth> moments[kMoments];
  for (int j = 0; j < kMoments; ++j) moments[j] = load<kWidth>(read<float>(memory, op.moments[j], r) + i);
  for (int k = 0; k < kWidth; ++k) {
    float own[kMoments];
    for (int j = 0; j < kMoments; ++j) own[j] = moments[j].at[k];
    rule(gradient.at[k], weights.at[k], own);
    for (int j = 0; j < kMoments; ++j) moments[j].at[k] = own[j];
  }
  store(write<float>(memory, op.weights, r) + i, weights);
  for (int j = 0; j < kMoments; ++j) store(write<float>(memory, op.moments[j], r) + i, moments[j]);
  if (op.bf16_copy) store_bf16(write<Bf16>(memory, op.weights_bf16, r) + i, weights);
}

template <OptimizerKind kOptimizer, bool kAdjusted, int kWidth>
void launch_update(const Update& op, const Memory& memory, Queue& queue) {
  launch_replicas(to_string(kOptimizer), queue, ceil_divide(op.parameters, kBlockThreads * kWidth),
                  kBlockThreads, update<kOptimizer, kAdjusted, kWidth>, op, memory);
}

}  // namespace

/// Updates four parameters per thread if P and the alignment of the tensors allow it.
void execute(const Update& op, const Memory& memory, Queue& queue) {
  const auto by_16 = [&](const Tensor& tensor) { return aligned(memory, tensor, 16); };
  with_optimizer(op.optimizer, [&]<OptimizerKind kOptimizer>() {
    const bool packs = op.parameters % 4 == 0 && by_16(op.gradient) && by_16(op.weights) &&
                       std::all_of(op.moments, op.moments + moment_count(kOptimizer), by_16) &&
                       (!op.bf16_copy || aligned(memory, op.weights_bf16, 8));
    if (op.adjusted) {
      packs ? launch_update<kOptimizer, true, 4>(op, memory, queue)
            : launch_update<kOptimizer, true, 1>(op, memory, queue);
    } else {
      packs ? launch_update<kOptimizer, false, 4>(op, memory, queue)
            : launch_update<kOptimizer, false, 1>(op, memory, queue);
    }
  });
}

}  // namespace gpu_sweep::cuda
