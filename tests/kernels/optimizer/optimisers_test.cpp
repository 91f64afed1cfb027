// The update rules over several steps against double precision.
#include "reference/optimisers.h"

#include "kernels/optimizer/adam.h"
#include "kernels/optimizer/rmsprop.h"
#include "kernels/optimizer/sgd.h"
#include "tests/kernels/optimizer/optimiser_case.h"

namespace gpu_sweep::test {
namespace {

using reference::Bounded;

/// What one rule keeps beside the weights, in the operation and in its oracle.
template <class Op, class Oracle>
struct Moment {
  Tensor Op::*tensor;
  Bounded Oracle::*value;
};

struct AdamRule {
  using Op = Adam;
  using Oracle = reference::Adam;
  static constexpr bool kAdam = true;
  static constexpr Moment<Op, Oracle> kMoments[] = {{&Op::m, &Oracle::m}, {&Op::v, &Oracle::v}};
  static Oracle oracle(const ReplicaState& own, double w) {
    return {own.learning_rate, own.beta1, own.beta2, own.epsilon, w, 0.0, 0.0};
  }
};

struct SgdRule {
  using Op = Sgd;
  using Oracle = reference::Sgd;
  static constexpr bool kAdam = false;
  static constexpr Moment<Op, Oracle> kMoments[] = {{&Op::velocity, &Oracle::velocity}};
  static Oracle oracle(const ReplicaState& own, double w) {
    return {own.learning_rate, own.momentum, w, 0.0};
  }
};

struct RmsPropRule {
  using Op = RmsProp;
  using Oracle = reference::RmsProp;
  static constexpr bool kAdam = false;
  static constexpr Moment<Op, Oracle> kMoments[] = {{&Op::v, &Oracle::v}};
  static Oracle oracle(const ReplicaState& own, double w) {
    return {own.learning_rate, own.rho, own.epsilon, w, 0.0};
  }
};

struct OptimiserTest : KernelTest<OptimiserCase> {
  template <class Rule>
  typename Rule::Op run_steps() {
    const OptimiserCase& c = GetParam();
    typename Rule::Op op;
    op.replicas = c.replicas;
    op.parameters = c.parameters;
    op.bf16_copy = c.bf16_copy;
    op.replica_state = arena.updated(c.states(Rule::kAdam), c.replicas);
    op.weights = arena.updated(c.weights(), DType::kF32, c.replicas);
    for (const auto& moment : Rule::kMoments) {
      op.*moment.tensor = arena.updated(std::vector<double>(c.size()), DType::kF32, c.replicas);
    }
    op.weights_bf16 = arena.output(c.parameters, DType::kBf16, c.replicas);
    const Tensor state = arena.updated(std::vector<StepState>{{}});
    std::vector<Op> ops;
    for (int t = 1; t <= c.steps; ++t) {
      op.gradient = arena.input(c.gradient(t), DType::kF32, c.replicas);
      ops.emplace_back(op);
      ops.emplace_back(advance_of(c.replicas, Rule::kAdam, state, op.replica_state));
    }
    arena.run(ops);
    return op;
  }

  template <class Rule>
  std::vector<typename Rule::Oracle> oracles() const {
    const OptimiserCase& c = GetParam();
    const auto states = c.states(Rule::kAdam);
    const auto initial = c.weights();
    std::vector<typename Rule::Oracle> oracles;
    for (std::size_t i = 0; i < c.size(); ++i) {
      oracles.push_back(Rule::oracle(states[i / c.parameters], initial[i]));
    }
    for (int t = 1; t <= c.steps; ++t) {
      const auto gradient = c.gradient(t);
      for (std::size_t i = 0; i < c.size(); ++i) oracles[i].step(gradient[i], t);
    }
    return oracles;
  }

  template <class Rule>
  void follows_oracle() {
    const OptimiserCase& c = GetParam();
    const auto op = run_steps<Rule>();
    const auto expected = oracles<Rule>();
    const auto expect_vector = [&](const Tensor& tensor, Bounded Rule::Oracle::*value) {
      const auto found = arena.get(tensor, DType::kF32);
      for (std::size_t i = 0; i < c.size() && !HasFailure(); ++i) {
        SCOPED_TRACE(testing::Message() << "element " << i << " of the tensor at " << tensor.offset);
        OptimiserCase::is_pad(i) ? expect_plus_zero(found[i]) : expect_within(found[i], expected[i].*value);
      }
    };
    expect_vector(op.weights, &Rule::Oracle::w);
    for (const auto& moment : Rule::kMoments) expect_vector(op.*moment.tensor, moment.value);
    expect_bf16_copy(c.bf16_copy, arena.get(op.weights_bf16, DType::kBf16),
                     arena.get(op.weights, DType::kF32));
  }
};

TEST_P(OptimiserTest, AdamFollowsOracleOverStepsAndKeepsPadsAtPlusZero) { follows_oracle<AdamRule>(); }
TEST_P(OptimiserTest, SgdFollowsOracleOverStepsAndKeepsPadsAtPlusZero) { follows_oracle<SgdRule>(); }
TEST_P(OptimiserTest, RmsPropFollowsOracleOverStepsAndKeepsPadsAtPlusZero) { follows_oracle<RmsPropRule>(); }

INSTANTIATE_TEST_SUITE_P(Shapes, OptimiserTest, testing::ValuesIn(optimiser_cases()),
                         case_name<OptimiserCase>);

}  // namespace
}  // namespace gpu_sweep::test
