// Once at least half of a group has stopped early, the others go on as a smaller group, with the results that
// each of them would have had alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "engine/lane/out_of_memory.h"
#include "gpu_sweep/planner.h"
#include "gpu_sweep/scheduler.h"
#include "tests/selftest/lying_lane.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"
#include "tests/train/stopping_runs.h"

namespace gpu_sweep::test {
namespace {

struct SmallerGroupCase {
  const char* lane;
  bool settings;
};

using Results = std::map<std::string, std::pair<RunRecord, Weights>>;  // by key of the run
using Snapshots = std::map<std::string, Snapshot>;                     // by key of the run

/// One write of a sweep to the disk: snapshots, or the results of runs.
using Write = std::variant<std::vector<Snapshot>, Trained>;

class SmallerGroupTest : public LaneTest<SmallerGroupCase> {
 protected:
  SmallerGroupTest() : LaneTest(GetParam().lane) {}

  /// Plans groups for the runs that are not in `done`.
  std::vector<GroupSpec> plan(const Results& done = {}, const Snapshots& snapshots = {},
                              int replicas = 6) const {
    PlanOptions options;
    options.device_kind = kind_;
    options.replicas_per_group = replicas;
    options.keep_probabilities = true;
    return plan_groups(
        runs_, dataset_, options, [&](const std::string& key) { return done.contains(key); },
        [&](const std::string& key) {
          return snapshots.contains(key) ? snapshots.at(key).epochs_done() : 0;
        });
  }

  /// Trains on one lane, which has the faults of `lie`. Adds the results to `results`, and what the sweep
  /// writes to `writes_`.
  void train(const std::vector<GroupSpec>& groups, Results& results, SweepEvents events = {},
             const Lie& lie = {}, const std::stop_token& stop = {}) {
    DeviceChoice devices;
    devices.backend = backend_;
    devices.backend.make_lane = [&](int device, const LaneOptions& options) {
      return std::make_unique<LyingLane>(backend_.make_lane(device, options), lie);
    };
    devices.indices = {0};
    events.wants_weights = true;
    events.on_epoch = [this, inner = events.on_epoch](const GroupSpec& group, int epochs) {
      epochs_.emplace_back(group.replicas, epochs);
      if (inner) inner(group, epochs);
    };
    events.on_remark = [&](const std::string& line) { remarks_.push_back(line); };
    events.snapshots.keep = [&](const std::vector<Snapshot>& group) { write(group); };
    events.keep = [&](const Trained& group) {
      for (std::size_t i = 0; i < group.records.size(); ++i) {
        results[group.records[i].key] = {group.records[i], group.weights[i]};
      }
      write(group);
    };
    run_groups(groups, dataset_, devices, {.events = events, .stop = stop});
  }

  /// Trains what is left after `done`, from `snapshots`, and expects the results of runs that were never
  /// stopped.
  void expect_continuation(Results done, const Snapshots& snapshots) {
    SweepEvents events;
    events.snapshots.load = [&](const RunSpec& run) { return snapshots.at(run.key); };
    train(plan(done, snapshots), done, events);
    expect_runs_alone(done);
  }

  void expect_runs_alone(const Results& found) {
    ASSERT_EQ(found.size(), runs_.size());
    for (const RunSpec& run : runs_) {
      SCOPED_TRACE(run.key);
      const auto& [record, weights] = found.at(run.key);
      const auto& [expected, expected_weights] = alone(run);
      EXPECT_EQ(record.seed, run.seed);
      EXPECT_EQ(record.model, run.model.name);
      if (!company_is_exact()) continue;
      expect_same_results(expected, record);
      EXPECT_EQ(record.test_probabilities, expected.test_probabilities);
      EXPECT_EQ(weights, expected_weights);
    }
  }

  const std::pair<RunRecord, Weights>& alone(const RunSpec& run) {
    if (!alone_.contains(run.key)) {
      GroupSpec group = group_of_runs(dataset_, {run}, 1);
      group.keep_probabilities = true;
      Trained trained = train_group(*make_lane(), dataset_, group);
      alone_[run.key] = {trained.records[0], trained.weights[0]};
    }
    return alone_.at(run.key);
  }

  /// Returns the keys of the runs that were stored together, in the order in which they were stored.
  std::vector<std::set<std::string>> stored_together() const {
    std::vector<std::set<std::string>> stored;
    for (const Write& write : writes_) {
      if (!std::holds_alternative<Trained>(write)) continue;
      std::set<std::string>& keys = stored.emplace_back();
      for (const RunRecord& run : std::get<Trained>(write).records) keys.insert(run.key);
    }
    return stored;
  }

  Snapshots latest_snapshots() const {
    Snapshots latest;
    for (const Write& write : writes_) {
      const auto* group = std::get_if<std::vector<Snapshot>>(&write);
      if (group == nullptr) continue;
      for (const Snapshot& snapshot : *group) latest[snapshot.key] = snapshot;
    }
    return latest;
  }

  void write(Write write) {
    const std::lock_guard lock(mutex_);
    writes_.push_back(std::move(write));
  }

  const Dataset dataset_ = synthetic_dataset(40, 12, 9);
  const std::vector<RunSpec> runs_ = stopping_runs(GetParam().settings);
  std::vector<std::pair<int, int>> epochs_;  // replicas, and epochs that are done
  std::vector<std::string> remarks_;
  std::mutex mutex_;  // guards writes_
  std::vector<Write> writes_;

 private:
  Results alone_;
};

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// Three of six runs have stopped after epoch 3, and two of the other three after epoch 5.
TEST_P(SmallerGroupTest, GivesEveryRunTheResultsThatItHasAlone) {
  std::vector<int> replicas;  // of the training steps; equal neighbours are left out
  Lie watch;
  watch.afterwards = [&](Lane&, const Program& program, const Buffer&) {
    if (program.name != "train_step") return;
    if (replicas.empty() || replicas.back() != program.replicas) replicas.push_back(program.replicas);
  };
  Results found;
  train(plan(), found, {}, watch);
  expect_runs_alone(found);
  EXPECT_THAT(replicas, ElementsAre(6, 3, 1));
  EXPECT_THAT(epochs_, ElementsAre(Pair(6, 1), Pair(6, 2), Pair(6, 3), Pair(3, 4), Pair(3, 5), Pair(1, 6),
                                   Pair(1, 7)));
  EXPECT_THAT(stored_together(), ElementsAre(ElementsAre("run 0", "run 1", "run 2"),
                                             ElementsAre("run 3", "run 4"), ElementsAre("run 5")));
  EXPECT_THAT(remarks_, testing::IsEmpty());
  const RunRecord& last = found.at("run 5").first;
  EXPECT_EQ(last.history.size(), kStoppingEpochs + 1);
  EXPECT_EQ(last.objective.size(), GetParam().settings ? kStoppingEpochs + 1 : 0);
}

/// On a CPU, groups have one run unless the user asks for more. Such a group ends with its run.
TEST_P(SmallerGroupTest, IsNotMadeOfAGroupOfOneRun) {
  if (kind_ != "cpu") GTEST_SKIP() << "NOT TESTED on " << kind_ << ": it would be no other code";
  Results found;
  train(plan({}, {}, 1), found);
  expect_runs_alone(found);
  EXPECT_THAT(epochs_, testing::SizeIs(2 + 2 + 3 + 4 + 5 + 7));
  EXPECT_THAT(epochs_, testing::Each(Pair(1, testing::_)));
  EXPECT_THAT(stored_together(), testing::AllOf(testing::SizeIs(6), testing::Each(testing::SizeIs(1))));
}

/// No time is charged to two runs, so the sum of all runs' times is at most the time of the whole training.
TEST_P(SmallerGroupTest, ChargesLaterEpochsToTheRunsThatTrainThem) {
  Results found;
  const auto start = std::chrono::steady_clock::now();
  train(plan(), found);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  double sum = 0;
  for (const auto& [key, result] : found) sum += result.first.train_seconds;
  EXPECT_LE(sum, wall);
  EXPECT_EQ(found.at("run 0").first.train_seconds, found.at("run 2").first.train_seconds);
  EXPECT_LT(found.at("run 2").first.train_seconds, found.at("run 3").first.train_seconds);
  EXPECT_LT(found.at("run 4").first.train_seconds, found.at("run 5").first.train_seconds);
}

/// After a kill, the disk holds the writes before it. It may also hold the snapshots but none of the results,
/// which take longer to reach the disk.
TEST_P(SmallerGroupTest, ContinuesAfterAKillBetweenAnyTwoWrites) {
  SweepEvents events;
  events.snapshots.interval = {1, 0};
  Results whole;
  train(plan(), whole, events);
  const std::vector<Write> writes = std::exchange(writes_, {});
  const std::size_t step = kind_ == "simt" ? 4 : 1;
  for (std::size_t before = 1; before < writes.size(); before += step) {
    SCOPED_TRACE("after " + std::to_string(before) + " writes");
    Results done;
    Snapshots snapshots, all_snapshots;
    for (std::size_t i = 0; i < before; ++i) {
      if (const auto* group = std::get_if<std::vector<Snapshot>>(&writes[i])) {
        for (const Snapshot& snapshot : *group) snapshots[snapshot.key] = snapshot;
        for (const Snapshot& snapshot : *group) all_snapshots[snapshot.key] = snapshot;
        continue;
      }
      for (const RunRecord& run : std::get<Trained>(writes[i]).records) {
        done[run.key] = whole.at(run.key);
        snapshots.erase(run.key);
      }
    }
    expect_continuation(done, snapshots);
    if (kind_ != "simt") expect_continuation({}, all_snapshots);
  }
}

TEST_P(SmallerGroupTest, TakesSnapshotsWhenTheyWouldHaveBeenDueInTheLargerOne) {
  SweepEvents events;
  events.snapshots.interval = {2, 0};
  Results found;
  train(plan(), found, events);
  std::vector<std::pair<std::size_t, int>> taken;  // runs, and epochs that are done
  for (const Write& write : writes_) {
    const auto* group = std::get_if<std::vector<Snapshot>>(&write);
    if (group != nullptr) taken.emplace_back(group->size(), group->back().epochs_done());
  }
  EXPECT_THAT(taken, ElementsAre(Pair(6, 2), Pair(3, 4), Pair(1, 6)));
}

/// Every stop comes right after an epoch, and keeps all of it.
TEST_P(SmallerGroupTest, AStopAfterAnyEpochLosesNothing) {
  for (int last = 1; last < kStoppingEpochs; last += kind_ == "simt" ? 2 : 1) {
    SCOPED_TRACE("after epoch " + std::to_string(last));
    writes_.clear();
    std::stop_source stop;
    SweepEvents events;
    events.snapshots.interval = {0, 1000};
    events.on_epoch = [&](const GroupSpec&, int epochs) {
      if (epochs == last) stop.request_stop();
    };
    Results done;
    train(plan(), done, events, {}, stop.get_token());
    const Snapshots snapshots = latest_snapshots();
    for (const RunSpec& run : runs_) {
      const int trained = static_cast<int>(alone(run).first.history.size()) - 1;
      if (done.contains(run.key) || !company_is_exact()) continue;
      ASSERT_TRUE(snapshots.contains(run.key)) << run.key;
      EXPECT_EQ(snapshots.at(run.key).epochs_done(), std::min(last, trained)) << run.key;
    }
    expect_continuation(done, snapshots);
  }
}

TEST_P(SmallerGroupTest, AStopInItsFirstEpochKeepsTheEpochsBefore) {
  if (kind_ != "cpu") GTEST_SKIP() << "NOT TESTED on " << kind_ << ": several steps are one launch";
  std::stop_source stop;
  Lie slow;
  slow.afterwards = [&](Lane&, const Program& program, const Buffer&) {
    if (program.name != "train_step" || program.replicas != 3) return;
    stop.request_stop();
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
  };
  SweepEvents events;
  events.snapshots.interval = {0, 1000};
  Results done;
  train(plan(), done, events, slow, stop.get_token());
  EXPECT_EQ(done.size(), 3U);
  ASSERT_THAT(writes_, testing::SizeIs(2));
  const Snapshots snapshots = latest_snapshots();
  ASSERT_EQ(snapshots.size(), 3U);
  EXPECT_EQ(snapshots.at("run 5").epochs_done(), 3);
  expect_continuation(done, snapshots);
}

/// Another lane may have taken the memory that the larger group left.
TEST_P(SmallerGroupTest, IsHalvedIfThereIsNoMemoryForIt) {
  Lie lie;
  lie.alter = [failed = std::make_shared<bool>(false)](Program& program) {
    if (program.replicas != 3 || std::exchange(*failed, true)) return;
    throw OutOfMemory("cpu", 2, 1);
  };
  Results found;
  train(plan(), found, {}, lie);
  expect_runs_alone(found);
  EXPECT_THAT(remarks_, ElementsAre(HasSubstr("continuing with groups of 2 instead of 3")));
  EXPECT_THAT(stored_together(), ElementsAre(ElementsAre("run 0", "run 1", "run 2"), ElementsAre("run 3"),
                                             ElementsAre("run 4"), ElementsAre("run 5")));
  EXPECT_THAT(writes_, testing::Contains(testing::VariantWith<std::vector<Snapshot>>(testing::SizeIs(3))));
}

TEST_P(SmallerGroupTest, WithoutMemoryForOneRunTheOthersAreKept) {
  Lie lie;
  lie.alter = [](Program& program) {
    if (program.replicas == 1) throw OutOfMemory("cpu", 2, 1);
  };
  Results done;
  EXPECT_THROW(train(plan(), done, {}, lie), OutOfMemory);
  EXPECT_EQ(done.size(), 5U);
  const Snapshots snapshots = latest_snapshots();
  EXPECT_EQ(snapshots.at("run 5").epochs_done(), 5);
  expect_continuation(done, snapshots);
}

std::vector<SmallerGroupCase> cases() {
  std::vector<SmallerGroupCase> all;
  for (const char* lane : kLaneKinds) {
    all.push_back({lane, true});
    if (all.back().lane == std::string("cpu")) all.push_back({lane, false});  // others are slow
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Lanes, SmallerGroupTest, testing::ValuesIn(cases()), [](const auto& test) {
  return std::string(test.param.lane) + (test.param.settings ? "_settings" : "_plain");
});

}  // namespace
}  // namespace gpu_sweep::test
