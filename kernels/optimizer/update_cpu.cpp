#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/update.h"

namespace gpu_sweep::cpu {
namespace {

/// Updates a range of parameters. `second` is accessed only if kMoments is 2, and `copy` only if kCopy.
template <class Rule, int kMoments, bool kCopy>
GPU_SWEEP_CPU_CLONES void update(const float* __restrict__ gradient, Rule rule, std::int64_t count,
                                 float* __restrict__ weights, float* __restrict__ first,
                                 float* __restrict__ second, Bf16* __restrict__ copy) {
  static_assert(kMoments == 1 || kMoments == kMostMoments);
  for (std::int64_t i = 0; i < count; ++i) {
    float moments[kMoments];
    moments[0] = first[i];
    if constexpr (kMoments > 1) moments[1] = second[i];
    rule(gradient[i], weights[i], moments);
    first[i] = moments[0];
    if constexpr (kMoments > 1) second[i] = moments[1];
    if constexpr (kCopy) copy[i] = to_bf16(weights[i]);
  }
}

template <class Rule, int kMoments>
void update(const Update& op, const Memory& memory) {
  const auto run = op.bf16_copy ? update<Rule, kMoments, true> : update<Rule, kMoments, false>;
  for (int r = 0; r < op.replicas; ++r) {
    if (op.adjusted && read<ReplicaState>(memory, op.replica_state, r)->stopped != 0) continue;
    run(read<float>(memory, op.gradient, r), Rule(*read<ReplicaState>(memory, op.replica_state, r)),
        op.parameters, write<float>(memory, op.weights, r), write<float>(memory, op.moments[0], r),
        kMoments > 1 ? write<float>(memory, op.moments[1], r) : nullptr,
        op.bf16_copy ? write<Bf16>(memory, op.weights_bf16, r) : nullptr);
  }
}

}  // namespace

void execute(const Update& op, const Memory& memory) {
  with_optimizer(op.optimizer, [&]<OptimizerKind kOptimizer>() {
    using Rule = typename RuleOf<kOptimizer>::type;
    constexpr int kMoments = moment_count(kOptimizer);
    op.adjusted ? update<AdjustedRule<Rule>, kMoments>(op, memory) : update<Rule, kMoments>(op, memory);
  });
}

}  // namespace gpu_sweep::cpu
