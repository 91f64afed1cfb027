// A group that continues from snapshots ends as if it had never been stopped, on every kind of lane, in fp32
// and bf16.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/train/replica_group.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct ResumeCase {
  const char* lane;
  Precision precision;
  OptimizerKind optimizer;
  bool settings = false;  ///< whether runs have many settings at once, and the inputs are floats
};

class ResumeTest : public LaneTest<ResumeCase> {
 protected:
  ResumeTest() : LaneTest(GetParam().lane) {}

  void SetUp() override {
    LaneTest::SetUp();
    if (IsSkipped() || GetParam().precision != Precision::kBf16) return;
    if (!backend_.devices[0].supports_bf16) GTEST_SKIP() << "NOT TESTED: no bf16 products on " << kind_;
  }

  GroupSpec group(int runs, int replicas) const {
    std::vector<RunSpec> specs(static_cast<std::size_t>(runs));
    for (std::size_t i = 0; i < specs.size(); ++i) {
      specs[i].seed = 3 + i;
      specs[i].key = "run " + std::to_string(i);
      ModelSpec& model = specs[i].model;
      model.hidden = {9};
      model.dropout = 0.3;
      model.batch_size = 16;
      model.epochs = 2;
      model.optimizer = OptimizerSpec::with_defaults(GetParam().optimizer);
      model.optimizer.learning_rate *= 1 + static_cast<double>(i);
      model.optimizer.momentum = 0.5;
      if (!GetParam().settings) continue;
      model.schedule =
          ScheduleSpec::with_defaults(i == 0 ? ScheduleKind::kReduceOnPlateau : ScheduleKind::kCosine);
      model.schedule.patience = 1;
      model.schedule.min_delta = 10;  // no later epoch is better
      model.schedule.warmup = 0.5;
      model.epochs = 3;
      model.early_stopping = {Monitor::kValidationLoss, 3, 0, true};
      model.optimizer.weight_decay = 0.5;
      model.optimizer.l2 = 0.02;
      model.optimizer.gradient_clip_norm = 0.25;
      model.label_smoothing = 0.1;
      model.class_weights.balanced = true;
      model.vary = {true, i == 1, i == 0};
    }
    return group_of_runs(dataset_, specs, replicas, GetParam().precision);
  }

  /// Trains `spec` on a new lane after `start` has initialized the group. If `after_one` is given, it
  /// receives the snapshots after one epoch.
  template <class Start>
  Trained train(const GroupSpec& spec, const Start& start, std::vector<Snapshot>* after_one = nullptr) const {
    const std::unique_ptr<Lane> lane = make_lane();
    const DatasetLayout layout = dataset_layout(dataset_);
    const Buffer data = lane->allocate(layout.bytes);
    lane->upload(data, 0, pack(dataset_, layout));
    ReplicaGroup group(*lane, data, layout, spec);
    start(group);
    while (!group.is_trained()) {
      group.train_epoch();
      if (after_one && group.epochs_done() == 1) *after_one = group.snapshots();
    }
    return {group.finish(), group.weights()};
  }

  const Dataset dataset_ =
      GetParam().settings ? with_float_inputs(synthetic_dataset(40, 8, 8)) : synthetic_dataset(40, 8, 8);
};

TEST_P(ResumeTest, AGroupResumesToTheLastBit) {
  std::vector<Snapshot> snapshots;
  const auto from_scratch = [](ReplicaGroup& group) { group.evaluate_untrained(); };
  const Trained whole = train(group(2, 3), from_scratch, &snapshots);
  ASSERT_EQ(snapshots.size(), 2U);
  EXPECT_EQ(snapshots[0].epochs_done(), 1);
  EXPECT_EQ(snapshots[1].key, "run 1");
  const Trained resumed = train(group(2, 3), [&](ReplicaGroup& group) { group.resume(snapshots); });
  for (std::size_t run = 0; run < 2; ++run) {
    SCOPED_TRACE(run);
    EXPECT_EQ(resumed.records[run].history, whole.records[run].history);
    EXPECT_EQ(resumed.records[run].objective, whole.records[run].objective);
    EXPECT_EQ(resumed.records[run].objective.size(),
              GetParam().settings ? resumed.records[run].history.size() : 0);
    EXPECT_EQ(resumed.records[run].final, whole.records[run].final);
    EXPECT_EQ(resumed.weights[run], whole.weights[run]);
  }
  EXPECT_NE(whole.records[0].history, whole.records[1].history);
}

/// Snapshots of older versions have no objectives. The objectives of their epochs become NaN, not wrong
/// numbers.
TEST_P(ResumeTest, AnOlderSnapshotHasNoObjectivesOfItsEpochs) {
  if (!GetParam().settings) return;
  std::vector<Snapshot> snapshots;
  const auto from_scratch = [](ReplicaGroup& group) { group.evaluate_untrained(); };
  const Trained whole = train(group(2, 2), from_scratch, &snapshots);
  for (Snapshot& snapshot : snapshots) snapshot.objective.clear();
  const Trained resumed = train(group(2, 2), [&](ReplicaGroup& group) { group.resume(snapshots); });
  for (std::size_t run = 0; run < 2; ++run) {
    const std::vector<double>& objective = resumed.records[run].objective;
    ASSERT_EQ(objective.size(), whole.records[run].objective.size());
    for (std::size_t epoch = 0; epoch < objective.size(); ++epoch) {
      if (epoch <= 1) {
        EXPECT_TRUE(std::isnan(objective[epoch])) << epoch;
      } else {
        EXPECT_EQ(objective[epoch], whole.records[run].objective[epoch]) << epoch;
      }
    }
  }
}

TEST_P(ResumeTest, SnapshotsThatDoNotFitAreRefused) {
  GroupSpec spec = group(2, 2);
  spec.epochs = 1;
  std::vector<Snapshot> sound;
  train(
      spec, [](ReplicaGroup& group) { group.evaluate_untrained(); }, &sound);
  std::vector<std::vector<Snapshot>> bad(8, sound);
  bad[0].pop_back();
  bad[1][1].key = "run 7";
  bad[2][0].weights.pop_back();
  bad[3][1].optimizer[0].push_back(0);
  bad[4][1].history.push_back({});
  bad[5][0].optimizer.push_back(bad[5][0].weights);
  bad[5][0].optimizer.push_back(bad[5][0].weights);
  bad[6][0].objective.push_back(1);
  bad[7][1].best_weights.resize(sound[1].best_weights.empty() ? sound[1].weights.size() : 0);
  train(spec, [&](ReplicaGroup& group) {
    for (std::size_t i = 0; i < bad.size(); ++i) {
      EXPECT_THROW(group.resume(bad[i]), std::invalid_argument) << i;
    }
    group.resume(sound);  // a refused snapshot leaves the group as it was
  });
}

std::vector<ResumeCase> cases() {
  std::vector<ResumeCase> all;
  for (const char* lane : kLaneKinds) {
    for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
      for (const OptimizerKind kind : kOptimizers) {
        // The state of an optimizer is fp32 in every precision, so in bf16 one optimizer represents all.
        if (precision == Precision::kBf16 && kind != OptimizerKind::kAdam) continue;
        all.push_back({lane, precision, kind});
      }
      all.push_back({lane, precision, OptimizerKind::kAdamW, true});
    }
  }
  return all;
}

std::string name_of(const testing::TestParamInfo<ResumeCase>& test) {
  return std::string(test.param.lane) + (test.param.precision == Precision::kBf16 ? "_bf16_" : "_fp32_") +
         to_string(test.param.optimizer) + (test.param.settings ? "_settings" : "");
}

INSTANTIATE_TEST_SUITE_P(Resume, ResumeTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace gpu_sweep::test
