// The state that advances at the end of a step.
#include "reference/optimizers.h"
#include "reference/schedule.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct AdvanceCase {
  int replicas, batch;
  bool optimizer_step;
  OptimizerKind optimizer = OptimizerKind::kAdam;

  std::string name() const {
    return text("R", replicas, "_B", batch, (optimizer_step ? "_" : "_evaluation_"), to_string(optimizer));
  }
};

using AdvanceTest = KernelTest<AdvanceCase>;

TEST_P(AdvanceTest, MovesCursorStepAndBetaPowers) {
  const AdvanceCase& c = GetParam();
  std::vector<ReplicaState> states(c.replicas);
  for (int r = 0; r < c.replicas; ++r) {
    ReplicaState& state = states[r];
    state.order_seed = 100 + r;
    state.dropout_seed = 2 * (100 + r);
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
  op.optimizer_step = c.optimizer_step;
  op.optimizer = c.optimizer;
  op.state = arena.updated(std::vector<StepState>{{4, 2, 96, 0}});
  op.replica_state = arena.updated(states, c.replicas);
  arena.run({op, op, op});

  const StepState state = arena.get<StepState>(op.state)[0];
  EXPECT_EQ(state.step, c.optimizer_step ? 7u : 4u);
  EXPECT_EQ(state.epoch, 2u);
  EXPECT_EQ(state.cursor, 96u + 3 * c.batch);
  const auto after = arena.get<ReplicaState>(op.replica_state);
  for (int r = 0; r < c.replicas; ++r) {
    SCOPED_TRACE(testing::Message() << "replica " << r);
    EXPECT_EQ(after[r].order_seed, states[r].order_seed);
    EXPECT_EQ(after[r].dropout_seed, states[r].dropout_seed);
    EXPECT_EQ(after[r].learning_rate, states[r].learning_rate);
    if (!c.optimizer_step) {
      EXPECT_EQ(after[r].beta1_power, states[r].beta1_power);
      EXPECT_EQ(after[r].step_size, -1);
      continue;
    }
    const double beta1_power = std::pow(states[r].beta1, 4);
    const double beta2_power = std::pow(states[r].beta2, 4);
    EXPECT_DOUBLE_EQ(after[r].beta1_power, beta1_power);
    EXPECT_DOUBLE_EQ(after[r].beta2_power, beta2_power);
    const double expected = reference::step_size(c.optimizer, reference::scalars_of(c.optimizer, states[r]),
                                                 beta1_power, beta2_power);
    EXPECT_NEAR(after[r].step_size, expected, reference::kFloatUnit * expected * 1.001);
  }
}

std::vector<AdvanceCase> cases() {
  std::vector<AdvanceCase> cases =
      for_backend<AdvanceCase>({{1, 256, true}, {33, 7, true}, {2, 80, false}, {300, 1, true}});
  for (const OptimizerKind optimizer : kOptimizers) cases.push_back({3, 31, true, optimizer});
  return cases;
}

/// In each case, the replicas have schedules of all kinds, with and without warmup. The test runs beyond the
/// last step of the cosine schedule (ScheduleState::total).
using ScheduleTest = KernelTest<AdvanceCase>;

TEST_P(ScheduleTest, FollowsOracleInEveryReplica) {
  const AdvanceCase& c = GetParam();
  constexpr int kSteps = 23;
  std::vector<ReplicaState> states(c.replicas);
  for (int r = 0; r < c.replicas; ++r) {
    ReplicaState& state = states[r];
    state.beta1 = state.beta1_power = 0.9;
    state.beta2 = state.beta2_power = 0.999;
    state.weight_decay = 0.5;
    ScheduleState& schedule = state.schedule;
    schedule.base_rate = 0.01 * (r + 1);
    schedule.factor = 0.3 + 0.5 * (r % 3);
    schedule.every = 1.5 * (1 + r % 2);
    schedule.final_factor = 0.125 * (r % 5);
    schedule.total = 20;
    schedule.warmup = r % 3 == 0 ? 0 : 1 + r;
    schedule.kind = kSchedules[r % std::size(kSchedules)];
    state.learning_rate = reference::scheduled_rate(schedule, 1);
  }
  Advance op;
  op.replicas = c.replicas;
  op.batch = c.batch;
  op.scheduled = true;
  op.optimizer = c.optimizer;
  op.state = arena.updated(std::vector<StepState>{{}});
  op.replica_state = arena.updated(states, c.replicas);
  for (int step = 2; step <= kSteps; ++step) {
    arena.run({op});
    const auto after = arena.get<ReplicaState>(op.replica_state);
    for (int r = 0; r < c.replicas; ++r) {
      SCOPED_TRACE(testing::Message() << "replica " << r << " step " << step);
      const double rate = reference::scheduled_rate(states[r].schedule, step);
      EXPECT_EQ(after[r].steps, step - 1u);
      EXPECT_NEAR(after[r].learning_rate, rate, reference::kRateError * rate);
      states[r].learning_rate = rate;
      const double expected =
          reference::step_size(c.optimizer, reference::scalars_of(c.optimizer, states[r]),
                               std::pow(states[r].beta1, step), std::pow(states[r].beta2, step));
      EXPECT_NEAR(after[r].step_size, expected, reference::kFloatUnit * expected * 1.001);
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Schedules, ScheduleTest,
                         testing::Values(AdvanceCase{9, 32, true, OptimizerKind::kSgd},
                                         AdvanceCase{5, 32, true, OptimizerKind::kAdam}),
                         case_name<AdvanceCase>);

INSTANTIATE_TEST_SUITE_P(Shapes, AdvanceTest, testing::ValuesIn(cases()), case_name<AdvanceCase>);

}  // namespace
}  // namespace gpu_sweep::test
