// Tests the rule of the schedule reduce_on_plateau, and runs that follow it alone, in a group and after a
// restart.
#include "engine/train/plateau.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/train/replica_group.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

ModelSpec plateau_model(Monitor monitor, double factor, int patience, double min_delta, double min_rate) {
  ModelSpec model;
  model.optimizer.learning_rate = 1;
  model.schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
  model.schedule.monitor = monitor;
  model.schedule.factor = factor;
  model.schedule.patience = patience;
  model.schedule.min_delta = min_delta;
  model.schedule.min_rate = min_rate;
  return model;
}

constexpr auto kLoss = Monitor::kValidationLoss;
constexpr auto kAccuracy = Monitor::kValidationAccuracy;
const double kNan = std::nan("");

struct PlateauCase {
  const char* name;
  ModelSpec model;
  std::vector<double> values;  ///< of the monitored metric, epoch by epoch
  std::vector<double> rates;   ///< after each epoch
};

/// The rates are those of Keras' ReduceLROnPlateau with the same settings.
TEST(PlateauRule, LowersTheRate) {
  const PlateauCase cases[] = {
      {"falling loss", plateau_model(kLoss, 0.5, 1, 0, 0), {4, 3, 2}, {1, 1, 1}},
      {"equal is not better", plateau_model(kLoss, 0.5, 1, 0, 0), {4, 4, 4}, {1, 0.5, 0.25}},
      {"patience begins again", plateau_model(kLoss, 0.5, 2, 0, 0), {4, 5, 5, 5, 5}, {1, 1, 0.5, 0.5, 0.25}},
      {"a better epoch ends it", plateau_model(kLoss, 0.5, 2, 0, 0), {4, 5, 3, 4, 4}, {1, 1, 1, 1, 0.5}},
      {"small steps", plateau_model(kLoss, 0.5, 2, 0.5, 0), {4, 3.75, 3.5, 3.25}, {1, 1, 0.5, 0.5}},
      {"least rate", plateau_model(kLoss, 0.25, 1, 0, 0.125), {1, 1, 1, 1}, {1, 0.25, 0.125, 0.125}},
      {"accuracy", plateau_model(kAccuracy, 0.5, 1, 0, 0), {0.5, 0.75, 0.75}, {1, 1, 0.5}},
      {"nan is never better", plateau_model(kLoss, 0.5, 1, 0, 0), {kNan, 7, kNan}, {0.5, 0.5, 0.25}},
  };
  for (const PlateauCase& c : cases) {
    Plateau plateau(c.model);
    double before = 1;
    for (std::size_t i = 0; i < c.values.size(); ++i) {
      SCOPED_TRACE(std::string(c.name) + ", epoch " + std::to_string(i + 1));
      const bool loss = c.model.schedule.monitor == kLoss;
      EXPECT_EQ(plateau.see({0, 0, loss ? c.values[i] : 0, loss ? 0 : c.values[i]}, 0), c.rates[i] != before);
      EXPECT_EQ(plateau.rate(), c.rates[i]);
      before = c.rates[i];
    }
  }
}

class PlateauTest : public LaneTest<const char*> {
 protected:
  PlateauTest() : LaneTest(GetParam()) {}

  static constexpr int kEpochs = 5;

  /// Returns runs whose rates do not all fall after the same epochs. The last run's rate falls during
  /// warm-up.
  static std::vector<RunSpec> runs() {
    std::vector<RunSpec> runs(3);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const bool last = i == 2;
      runs[i].seed = 3 + i;
      runs[i].key = "run " + std::to_string(i);
      ModelSpec& model = runs[i].model;
      model =
          plateau_model(last ? kAccuracy : kLoss, 0.5, 1 + static_cast<int>(i % 2), last ? 0.5 : 1e3, 0.01);
      model.hidden = {8};
      model.dropout = 0.25;
      model.batch_size = 16;
      model.epochs = kEpochs;
      model.optimizer.learning_rate = 0.05;
      if (last) model.schedule.warmup = 2.5;
    }
    return runs;
  }

  Trained train(const std::vector<RunSpec>& runs) const {
    return train_group(*make_lane(), dataset_, group_of_runs(dataset_, runs, static_cast<int>(runs.size())));
  }

  void expect_same(const RunRecord& one, const RunRecord& other) const {
    if (!company_is_exact()) return;
    EXPECT_EQ(one.history, other.history);
    EXPECT_EQ(one.final, other.final);
  }

  const Dataset dataset_ = synthetic_dataset(40, 12, 9);
};

/// No epoch after the first one is better by more than `min_delta`. So the rate falls after epoch 3, as it
/// does under the schedule `step` with `every` = 3. It falls again after epoch 5, which is the last one.
TEST_P(PlateauTest, TrainsWithTheLoweredRate) {
  const RunSpec run = runs()[1];
  RunSpec stepped = run;
  stepped.model.schedule = ScheduleSpec::with_defaults(ScheduleKind::kStep);
  stepped.model.schedule.factor = 0.5;
  stepped.model.schedule.every = 3;
  expect_same(train({run}).records[0], train({stepped}).records[0]);
  if (kind_ == "simt") return;
  RunSpec constant = run;
  constant.model.schedule = {};
  EXPECT_NE(train({run}).records[0].history, train({constant}).records[0].history);
}

TEST_P(PlateauTest, IsTheSameInAGroupAndAfterAnyRestart) {
  const std::unique_ptr<Lane> lane = make_lane();
  const DatasetLayout layout = dataset_layout(dataset_);
  const Buffer data = lane->allocate(layout.bytes);
  lane->upload(data, 0, pack(dataset_, layout));
  std::vector<std::vector<Snapshot>> after;  // each epoch but the last
  ReplicaGroup together(*lane, data, layout, group_of_runs(dataset_, runs(), 3));
  together.evaluate_untrained();
  while (!together.is_trained()) {
    together.train_epoch();
    if (!together.is_trained()) after.push_back(together.snapshots());
  }
  const std::vector<RunRecord> records = together.finish();
  for (std::size_t i = 0; i < 3; ++i) {
    SCOPED_TRACE("run " + std::to_string(i));
    expect_same(records[i], train({runs()[i]}).records[0]);
    for (const std::vector<Snapshot>& snapshots : after) {
      // The stand-in for a GPU would take minutes for all epochs. After epoch 2, the first run's rate has
      // fallen once.
      if (kind_ == "simt" && snapshots[i].epochs_done() != 2) continue;
      SCOPED_TRACE("after epoch " + std::to_string(snapshots[i].epochs_done()));
      ReplicaGroup group(*lane, data, layout, group_of_runs(dataset_, {runs()[i]}, 1));
      group.resume({&snapshots[i], 1});
      while (!group.is_trained()) group.train_epoch();
      expect_same(group.finish()[0], records[i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, PlateauTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
