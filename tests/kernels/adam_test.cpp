// Adam over several steps against double precision.
#include "kernels/adam.h"

#include "tests/kernels/optimiser_case.h"
#include "reference/optimisers.h"

namespace gpu_sweep::test {
namespace {

using AdamTest = KernelTest<OptimiserCase>;

TEST_P(AdamTest, FollowsOracleOverStepsAndKeepsPadsAtPlusZero) {
  const OptimiserCase& c = GetParam();
  const auto states = c.states(true);
  Adam op;
  op.replicas = c.replicas;
  op.parameters = c.parameters;
  op.bf16_copy = c.bf16_copy;
  op.replica_state = arena.updated(states, c.replicas);
  op.weights = arena.updated(c.weights(), DType::kF32, c.replicas);
  op.m = arena.updated(std::vector<double>(c.size()), DType::kF32, c.replicas);
  op.v = arena.updated(std::vector<double>(c.size()), DType::kF32, c.replicas);
  op.weights_bf16 = arena.output(c.parameters, DType::kBf16, c.replicas);
  const Tensor state = arena.updated(std::vector<StepState>{{}});
  std::vector<Op> ops;
  for (int t = 1; t <= c.steps; ++t) {
    op.gradient = arena.input(c.gradient(t), DType::kF32, c.replicas);
    ops.push_back(op);
    ops.push_back(advance_of(c.replicas, true, state, op.replica_state));
  }
  arena.run(ops);

  std::vector<reference::Adam> oracle(c.size());
  const auto initial = c.weights();
  for (std::size_t i = 0; i < c.size(); ++i) {
    const ReplicaState& own = states[i / c.parameters];
    oracle[i] = {own.learning_rate, own.beta1, own.beta2, own.epsilon, initial[i], 0.0, 0.0};
  }
  for (int t = 1; t <= c.steps; ++t) {
    const auto gradient = c.gradient(t);
    for (std::size_t i = 0; i < c.size(); ++i) oracle[i].step(gradient[i], t);
  }
  const auto w = arena.get(op.weights, DType::kF32);
  const auto m = arena.get(op.m, DType::kF32);
  const auto v = arena.get(op.v, DType::kF32);
  for (std::size_t i = 0; i < c.size() && !HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "element " << i);
    if (OptimiserCase::is_pad(i)) {
      for (const double pad : {w[i], m[i], v[i]}) expect_plus_zero(pad);
    } else {
      expect_within(w[i], oracle[i].w);
      expect_within(m[i], oracle[i].m);
      expect_within(v[i], oracle[i].v);
    }
  }
  expect_bf16_copy(c.bf16_copy, arena.get(op.weights_bf16, DType::kBf16), w);
}

INSTANTIATE_TEST_SUITE_P(Shapes, AdamTest, testing::ValuesIn(optimiser_cases()), case_name<OptimiserCase>);

}  // namespace
}  // namespace gpu_sweep::test
