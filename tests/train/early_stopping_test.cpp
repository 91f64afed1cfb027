// Tests the rule of early stopping, and that a stopped run equals a run that was given exactly that many
// epochs.
#include "engine/train/early_stopping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/train/replica_group.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct RuleCase {
  std::string name;
  EarlyStoppingSpec spec;
  std::vector<double> values;  ///< of the monitored metric, epoch by epoch
  int stop;                    ///< epoch after which the run stops; 0: never
  int best;
};

constexpr auto kLoss = Monitor::kValidationLoss;
constexpr auto kAccuracy = Monitor::kValidationAccuracy;
constexpr auto kObjective = Monitor::kObjective;

class EarlyStoppingRule : public testing::TestWithParam<RuleCase> {};

TEST_P(EarlyStoppingRule, StopsAndRemembersTheBestEpoch) {
  const RuleCase& c = GetParam();
  EarlyStopping stopping(c.spec);
  std::vector<EpochMetrics> history(1);
  std::vector<double> objective(1);
  int stop = 0;
  for (const double value : c.values) {
    const Monitor monitor = c.spec.monitor;
    history.push_back({0, 0, monitor == kLoss ? value : 0, monitor == kAccuracy ? value : 0});
    objective.push_back(monitor == kObjective ? value : 0);
    const bool improved = stopping.see(history.back(), objective.back());
    EXPECT_EQ(improved, stopping.best_epoch() == static_cast<int>(history.size()) - 1);
    if (stopping.stopped()) {
      stop = static_cast<int>(history.size()) - 1;
      break;
    }
  }
  EXPECT_EQ(stop, c.stop);
  EXPECT_EQ(stopping.best_epoch(), c.best);
  const int last = static_cast<int>(history.size()) - 1;
  EXPECT_EQ(final_epoch(c.spec, history, objective), c.spec.restore_best && c.best > 0 ? c.best : last);
}

const double kNan = std::nan("");

INSTANTIATE_TEST_SUITE_P(
    Rules, EarlyStoppingRule,
    testing::Values(RuleCase{"falling_loss", {kLoss, 2, 0, false}, {5, 4, 3, 2}, 0, 4},
                    RuleCase{"rising_loss", {kLoss, 2, 0, true}, {5, 6, 7, 8}, 3, 1},
                    RuleCase{"falling_objective", {kObjective, 2, 0, false}, {5, 4, 3, 2}, 0, 4},
                    RuleCase{"rising_objective", {kObjective, 2, 0, true}, {5, 6, 7, 8}, 3, 1},
                    RuleCase{"equal_is_not_better", {kLoss, 2, 0, true}, {5, 5, 5, 5}, 3, 1},
                    RuleCase{"patience_begins_again", {kLoss, 2, 0, true}, {5, 6, 4, 5, 5}, 5, 3},
                    RuleCase{"small_steps", {kLoss, 2, 0.5, true}, {5, 4.75, 4.5, 4.25}, 3, 1},
                    RuleCase{"small_steps_add_up", {kLoss, 3, 0.5, true}, {5, 4.75, 4.5, 4.25}, 0, 4},
                    RuleCase{"rising_accuracy", {kAccuracy, 1, 0, true}, {0.1, 0.2, 0.3, 0.3}, 4, 3},
                    RuleCase{"accuracy_by_more", {kAccuracy, 1, 0.125, true}, {0.125, 0.25, 0.5}, 2, 1},
                    RuleCase{"nan_is_never_better", {kLoss, 2, 0, true}, {5, kNan, kNan, 1}, 3, 1},
                    RuleCase{"nan_from_the_start", {kLoss, 2, 0, true}, {kNan, kNan, 1}, 2, 0},
                    RuleCase{"better_than_nan", {kLoss, 3, 0, true}, {kNan, 7, 8}, 0, 2}),
    [](const auto& test) { return test.param.name; });

class EarlyStoppingTest : public LaneTest<const char*> {
 protected:
  EarlyStoppingTest() : LaneTest(GetParam()) {}

  /// Returns runs that overfit after different numbers of epochs.
  std::vector<RunSpec> runs() const {
    std::vector<RunSpec> runs(3);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      runs[i].seed = 3 + i;
      runs[i].key = "run " + std::to_string(i);
      ModelSpec& model = runs[i].model;
      model.hidden = {16};
      model.dropout = 0.25;
      model.batch_size = 16;
      model.epochs = kEpochs;
      model.optimizer.learning_rate = 0.1;
      model.early_stopping = {i == 1 ? kAccuracy : kLoss, 1 + static_cast<int>(i), 0, i == 2};
    }
    return runs;
  }

  /// Returns a group with room for the best weights of all runs, though only some runs restore theirs.
  GroupSpec group_of(const std::vector<RunSpec>& runs, Precision precision = Precision::kFp32) const {
    GroupSpec group = group_of_runs(dataset_, runs, static_cast<int>(runs.size()), precision);
    group.shape.extras.keeps_best = true;
    return group;
  }

  Trained train(const std::vector<RunSpec>& runs) const {
    return train_group(*make_lane(), dataset_, group_of(runs));
  }

  static constexpr int kEpochs = 12;
  const Dataset dataset_ = synthetic_dataset(40, 12, 9);
};

TEST_P(EarlyStoppingTest, EndsAsIfTheRunHadThatManyEpochs) {
  const Trained together = train(runs());
  for (std::size_t i = 0; i < 3; ++i) {
    SCOPED_TRACE("run " + std::to_string(i));
    const RunRecord& record = together.records[i];
    const int trained = static_cast<int>(record.history.size()) - 1;
    EXPECT_LT(trained, kEpochs) << "this data must make it stop";
    EXPECT_GT(trained, 1);
    RunSpec plain = runs()[i];
    const int final = final_epoch(plain.model.early_stopping, record.history, record.objective);
    EXPECT_EQ(final < trained, i == 2) << "only the last run restores its best epoch, which is not its last";
    plain.model.early_stopping = {};
    plain.model.epochs = trained;
    const Trained long_run = train({plain});
    plain.model.epochs = final;
    const Trained alone = train({plain});
    if (!company_is_exact()) continue;
    EXPECT_EQ(record.history, long_run.records[0].history);
    EXPECT_EQ(record.final, alone.records[0].final);
    EXPECT_EQ(record.test_predictions, alone.records[0].test_predictions);
    EXPECT_EQ(together.weights[i], alone.weights[0]);
    EXPECT_EQ(train({runs()[i]}).weights[0], alone.weights[0]);
  }
}

/// Resumes every run alone. The planner groups runs only if their snapshots are of the same epoch, so a
/// stopped run shares a group with unfinished ones only if it stopped in the last epoch before the snapshot.
TEST_P(EarlyStoppingTest, ResumesAfterAnEpoch) {
  const Trained whole = train(runs());
  const int step = GetParam() == std::string("cpu") ? 1 : 3;  // the stand-in for a GPU is slow
  for (int kept = 1; kept < kEpochs; kept += step) {
    SCOPED_TRACE("after epoch " + std::to_string(kept));
    const std::unique_ptr<Lane> lane = make_lane();
    const DatasetLayout layout = dataset_layout(dataset_);
    const Buffer data = lane->allocate(layout.bytes);
    lane->upload(data, 0, pack(dataset_, layout));
    std::vector<Snapshot> snapshots;
    {
      ReplicaGroup group(*lane, data, layout, group_of(runs()));
      group.evaluate_untrained();
      while (group.epochs_done() < kept && !group.is_trained()) group.train_epoch();
      if (group.epochs_done() < kept) break;
      snapshots = group.snapshots();
    }
    for (std::size_t i = 0; i < 3; ++i) {
      ReplicaGroup group(*lane, data, layout, group_of({runs()[i]}));
      group.resume({&snapshots[i], 1});
      while (!group.is_trained()) group.train_epoch();
      const std::vector<RunRecord> records = group.finish();
      if (!company_is_exact()) continue;
      EXPECT_EQ(records[0].history, whole.records[i].history);
      EXPECT_EQ(records[0].final, whole.records[i].final);
      EXPECT_EQ(group.weights()[0], whole.weights[i]);
    }
  }
}

TEST_P(EarlyStoppingTest, AGroupWithoutRoomForBestWeightsIsRefused) {
  GroupSpec group = group_of({runs()[2]});
  group.shape.extras.keeps_best = false;
  EXPECT_THROW(train_group(*make_lane(), dataset_, group), std::invalid_argument);
}

/// In bf16 the products read rounded weights, which must be those of the best epoch, too.
TEST_P(EarlyStoppingTest, RestoresTheRoundedWeights) {
  if (!backend_.devices[0].supports_bf16) GTEST_SKIP() << "NOT TESTED: no bf16 products on " << kind_;
  RunSpec restoring = runs()[2];
  const auto train_one = [&](const RunSpec& run) {
    return train_group(*make_lane(), dataset_, group_of({run}, Precision::kBf16));
  };
  const Trained stopped = train_one(restoring);
  const int best = final_epoch(restoring.model.early_stopping, stopped.records[0].history);
  EXPECT_LT(best, static_cast<int>(stopped.records[0].history.size()) - 1);
  restoring.model.early_stopping = {};
  restoring.model.epochs = best;
  const Trained plain = train_one(restoring);
  EXPECT_EQ(stopped.records[0].final, plain.records[0].final);
  EXPECT_EQ(stopped.weights[0], plain.weights[0]);
}

INSTANTIATE_TEST_SUITE_P(Lanes, EarlyStoppingTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
