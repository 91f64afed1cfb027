// The update rules over several steps, compared with oracles in double precision.
#include "kernels/optimizer/update.h"

#include "reference/optimizers.h"
#include "tests/kernels/optimizer/optimizer_case.h"

namespace gpu_sweep::test {
namespace {

using reference::Bounded;

struct UpdateTest : KernelTest<OptimizerCase> {
  Update run_steps() {
    const OptimizerCase& c = GetParam();
    Update op;
    op.optimizer = c.optimizer;
    op.replicas = c.replicas;
    op.parameters = c.parameters;
    op.adjusted = c.adjusted;
    op.bf16_copy = c.bf16_copy;
    op.replica_state = arena.updated(c.states(), c.replicas);
    op.weights = arena.updated(c.weights(), DType::kF32, c.replicas);
    for (int j = 0; j < moment_count(c.optimizer); ++j) {
      op.moments[j] = arena.updated(std::vector<double>(c.size()), DType::kF32, c.replicas);
    }
    op.weights_bf16 = arena.output(c.parameters, DType::kBf16, c.replicas);
    const Tensor state = arena.updated(std::vector<StepState>{{}});
    std::vector<Op> ops;
    for (int t = 1; t <= c.steps; ++t) {
      op.gradient = arena.input(c.gradient(t), DType::kF32, c.replicas);
      ops.emplace_back(op);
      ops.emplace_back(advance_of(c.replicas, c.optimizer, state, op.replica_state));
    }
    arena.run(ops);
    return op;
  }

  std::vector<reference::Element> expected() const {
    const OptimizerCase& c = GetParam();
    const std::vector<ReplicaState> states = c.states();
    const auto initial = c.weights();
    std::vector<reference::Element> elements(c.size());
    for (std::size_t i = 0; i < c.size(); ++i) elements[i].w = initial[i];
    for (int t = 1; t <= c.steps; ++t) {
      const auto gradient = c.gradient(t);
      for (std::size_t i = 0; i < c.size(); ++i) {
        const ReplicaState& state = states[i / c.parameters];
        if (c.adjusted && state.stopped != 0) continue;
        if (c.adjusted) {
          reference::adjusted_step(c.optimizer, state, gradient[i], t, elements[i]);
        } else {
          reference::step(c.optimizer, reference::scalars_of(c.optimizer, state), gradient[i], t,
                          elements[i]);
        }
      }
    }
    return elements;
  }
};

TEST_P(UpdateTest, FollowsOracleOverStepsAndKeepsPadsAtPlusZero) {
  const OptimizerCase& c = GetParam();
  const Update op = run_steps();
  const auto elements = expected();
  const auto expect_vector = [&](const Tensor& tensor, const auto& value_of) {
    const auto found = arena.get(tensor, DType::kF32);
    for (std::size_t i = 0; i < c.size() && !HasFailure(); ++i) {
      SCOPED_TRACE(testing::Message() << "element " << i << " of the tensor at " << tensor.offset);
      OptimizerCase::is_pad(i) ? expect_plus_zero(found[i]) : expect_within(found[i], value_of(elements[i]));
    }
  };
  expect_vector(op.weights, [](const reference::Element& element) { return element.w; });
  for (int j = 0; j < moment_count(c.optimizer); ++j) {
    expect_vector(op.moments[j], [j](const reference::Element& element) { return element.moments[j]; });
  }
  expect_bf16_copy(c.bf16_copy, arena.get(op.weights_bf16, DType::kBf16), arena.get(op.weights, DType::kF32));
}

/// A run that diverges must be visible as such, so no limit may turn NaN into a number.
struct ClippingTest : KernelTest<OptimizerCase> {};

TEST_P(ClippingTest, KeepsNan) {
  const OptimizerCase& c = GetParam();
  Update op;
  op.optimizer = c.optimizer;
  op.replicas = c.replicas;
  op.parameters = c.parameters;
  op.adjusted = true;
  std::vector<double> gradient(c.size());
  gradient[1] = kNaN;
  op.replica_state = arena.input(c.states(), c.replicas);
  op.gradient = arena.input(gradient, DType::kF32, c.replicas);
  op.weights = arena.updated(c.weights(), DType::kF32, c.replicas);
  for (int j = 0; j < moment_count(c.optimizer); ++j) {
    op.moments[j] = arena.updated(std::vector<double>(c.size()), DType::kF32, c.replicas);
  }
  arena.run({op});
  EXPECT_TRUE(std::isnan(arena.get(op.weights, DType::kF32)[1]));
  EXPECT_FALSE(std::isnan(arena.get(op.weights, DType::kF32)[0]));
}

std::vector<OptimizerCase> adjusted_cases() {
  std::vector<OptimizerCase> cases = optimizer_cases();
  std::erase_if(cases, [](const OptimizerCase& c) { return !c.adjusted; });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Shapes, ClippingTest, testing::ValuesIn(adjusted_cases()), case_name<OptimizerCase>);

INSTANTIATE_TEST_SUITE_P(Shapes, UpdateTest, testing::ValuesIn(optimizer_cases()), case_name<OptimizerCase>);

}  // namespace
}  // namespace gpu_sweep::test
