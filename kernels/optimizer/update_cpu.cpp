#include <type_traits>

#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/adam_avx512.h"
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
void update(const Update& op, const Memory& memory, int r, std::int64_t first, std::int64_t count,
            const float* gradient) {
  const ReplicaState& state = *read<ReplicaState>(memory, op.replica_state, r);
  if (op.adjusted && state.stopped != 0) return;
  const Rule rule(state);
  auto* weights = write<float>(memory, op.weights, r) + first;
  auto* one = write<float>(memory, op.moments[0], r) + first;
  auto* two = kMoments > 1 ? write<float>(memory, op.moments[1], r) + first : nullptr;
  auto* copy = op.bf16_copy ? write<Bf16>(memory, op.weights_bf16, r) + first : nullptr;
  if constexpr (std::is_same_v<Rule, AdamRule>) {
    if (update_by_adam_avx512(rule.scalars(), gradient, count, weights, one, two, copy)) return;
  }
  const auto run = copy ? update<Rule, kMoments, true> : update<Rule, kMoments, false>;
  run(gradient, rule, count, weights, one, two, copy);
}

}  // namespace

void update_range(const Update& op, const Memory& memory, int replica, std::int64_t first, std::int64_t count,
                  const float* gradient) {
  with_optimizer(op.optimizer, [&]<OptimizerKind kOptimizer>() {
    using Rule = typename RuleOf<kOptimizer>::type;
    constexpr int kMoments = moment_count(kOptimizer);
    const auto run = op.adjusted ? update<AdjustedRule<Rule>, kMoments> : update<Rule, kMoments>;
    run(op, memory, replica, first, count, gradient);
  });
}

void execute(const Update& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    update_range(op, memory, r, 0, op.parameters, read<float>(memory, op.gradient, r));
  }
}

}  // namespace gpu_sweep::cpu
