// What moves on at the end of a step.
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct AdvanceCase {
  int replicas, batch;
  bool optimiser_step, adam;

  std::string name() const {
    return text("R", replicas, "_B", batch, (optimiser_step ? "" : "_evaluation"), (adam ? "_adam" : ""));
  }
};

using AdvanceTest = KernelTest<AdvanceCase>;

TEST_P(AdvanceTest, MovesCursorStepAndBetaPowers) {
  const AdvanceCase& c = GetParam();
  std::vector<ReplicaState> states(c.replicas);
  for (int r = 0; r < c.replicas; ++r) {
    ReplicaState& state = states[r];
    state.seed = 100 + r;
    state.learning_rate = 0.001 * (r + 1);
    state.step_size = -1;
    state.beta1 = r % 2 == 0 ? 0.9 : 0.5;
    state.beta2 = r % 2 == 0 ? 0.999 : 0.99;
    state.beta1_power = state.beta1;
    state.beta2_power = state.beta2;
  }
  Advance op;
  op.replicas = c.replicas;
  op.batch = c.batch;
  op.optimiser_step = c.optimiser_step;
  op.adam = c.adam;
  op.state = arena.updated(std::vector<StepState>{{4, 2, 96, 0}});
  op.replica_state = arena.updated(states, c.replicas);
  arena.run({op, op, op});

  const StepState state = arena.get<StepState>(op.state)[0];
  EXPECT_EQ(state.step, c.optimiser_step ? 7u : 4u);
  EXPECT_EQ(state.epoch, 2u);
  EXPECT_EQ(state.cursor, 96u + 3 * c.batch);
  const auto after = arena.get<ReplicaState>(op.replica_state);
  for (int r = 0; r < c.replicas; ++r) {
    SCOPED_TRACE(testing::Message() << "replica " << r);
    EXPECT_EQ(after[r].seed, states[r].seed);
    EXPECT_EQ(after[r].learning_rate, states[r].learning_rate);
    if (!c.optimiser_step) {
      EXPECT_EQ(after[r].beta1_power, states[r].beta1_power);
      EXPECT_EQ(after[r].step_size, -1);
      continue;
    }
    const double beta1_power = std::pow(states[r].beta1, 4);
    const double beta2_power = std::pow(states[r].beta2, 4);
    EXPECT_DOUBLE_EQ(after[r].beta1_power, beta1_power);
    EXPECT_DOUBLE_EQ(after[r].beta2_power, beta2_power);
    const double alpha = states[r].learning_rate * std::sqrt(1 - beta2_power) / (1 - beta1_power);
    if (c.adam) {
      EXPECT_NEAR(after[r].step_size, alpha, reference::kFloatUnit * alpha * 1.001);
    } else {
      EXPECT_EQ(after[r].step_size, -1);
    }
  }
}

std::vector<AdvanceCase> cases() {
  return for_backend<AdvanceCase>({{1, 256, true, true},
                                   {3, 31, true, false},
                                   {33, 7, true, true},
                                   {2, 80, false, false},
                                   {300, 1, true, true}});
}

INSTANTIATE_TEST_SUITE_P(Shapes, AdvanceTest, testing::ValuesIn(cases()), case_name<AdvanceCase>);

}  // namespace
}  // namespace gpu_sweep::test
