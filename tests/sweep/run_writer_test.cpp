// Finished groups are stored while the lanes train. Each group is stored completely and in order, and only a
// few groups wait at a time.
#include "engine/sweep/run_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"
#include "tests/support/error_of.h"
#include "tests/support/ledger_lines.h"
#include "tests/support/sample_runs.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

using testing::ElementsAre;

constexpr auto kMoment = std::chrono::milliseconds(1);

/// Returns whether `condition` becomes true within 20 seconds.
template <class Condition>
bool comes_true(const Condition& condition) {
  const auto start = std::chrono::steady_clock::now();
  while (!condition()) {
    if (std::chrono::steady_clock::now() - start > std::chrono::seconds(20)) return false;
    std::this_thread::sleep_for(kMoment);
  }
  return true;
}

/// Groups that are trained on one CPU lane. They have a given number of runs each, and seeds ascend over all
/// groups.
class KeptRuns : public testing::Test {
 protected:
  KeptRuns() {
    events_.on_epoch = [this](const GroupSpec&, int) { ++epochs_; };
    events_.on_run = [this](const RunRecord& run, const Weights&) { told_.push_back(run.seed); };
  }

  std::vector<GroupSpec> groups(int count, int runs) const {
    ModelSpec model;
    model.name = "small";
    model.hidden = {5};
    model.batch_size = 16;
    model.epochs = 1;
    std::vector<GroupSpec> all;
    for (int g = 0; g < count; ++g) {
      std::vector<RunSpec> specs;
      for (int i = 0; i < runs; ++i) {
        const auto seed = static_cast<std::uint64_t>(g * runs + i);
        specs.push_back({model, seed, "key " + std::to_string(seed)});
      }
      all.push_back(group_of_runs(dataset_, specs, runs));
    }
    return all;
  }

  SweepResult train(const std::vector<GroupSpec>& groups, const std::stop_token& stop = {}) {
    return run_groups(groups, dataset_, choose_devices("cpu"), {.events = events_, .stop = stop});
  }

  const Dataset dataset_ = synthetic_dataset(32, 8, 8);
  SweepEvents events_;
  std::atomic<int> epochs_ = 0;  // one epoch per group
  std::vector<std::uint64_t> told_;
};

TEST_F(KeptRuns, AGroupOfFiftyIsOneTransaction) {
  const TemporaryDirectory directory;
  RunStore store = RunStore::create_or_continue(directory.path(), sample_experiment(), sample_provenance());
  const auto commits = [&] { return ledger_lines(directory / kStoreFile); };
  const int before = commits();
  events_.keep = [&](const Trained& group) { store.add(group.records); };
  EXPECT_EQ(train(groups(1, 50)).runs_done, 50);
  EXPECT_EQ(commits(), before + 1);
  for (int seed = 0; seed < 50; ++seed) EXPECT_TRUE(store.contains("key " + std::to_string(seed)));
}

TEST_F(KeptRuns, TheLaneTrainsItsNextGroupWhileOneIsKept) {
  int kept = 0;
  events_.keep = [&](const Trained&) {
    if (++kept > 1) return;
    EXPECT_TRUE(comes_true([this] { return epochs_ == 2; }));  // while this callback runs
  };
  EXPECT_EQ(train(groups(2, 3)).runs_done, 6);
  EXPECT_EQ(kept, 2);
  EXPECT_THAT(told_, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(KeptRuns, AtMostTwoGroupsWaitToBeKeptAndALaneWithAThirdWaits) {
  int kept = 0;
  events_.keep = [&](const Trained&) {
    if (++kept > 1) return;
    EXPECT_TRUE(comes_true([this] { return epochs_ == 3; }));
    // Long enough for a lane that does not wait: a group takes a few milliseconds.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(epochs_, 3);
  };
  EXPECT_EQ(train(groups(6, 1)).runs_done, 6);
  EXPECT_THAT(told_, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(KeptRuns, ARunIsReportedOnceItsWholeGroupIsKept) {
  std::vector<std::size_t> told_before;
  events_.keep = [&](const Trained&) { told_before.push_back(told_.size()); };
  std::vector<std::string> dropped;
  events_.snapshots.drop = [&](const RunRecord& run) {
    EXPECT_EQ(told_.size(), run.seed);
    dropped.push_back(run.key);
  };
  train(groups(3, 2));
  EXPECT_THAT(told_before, ElementsAre(0, 2, 4));
  EXPECT_EQ(dropped.size(), 6U);
}

TEST_F(KeptRuns, AnErrorStopsTheSweepAndNothingIsKeptAfterIt) {
  int kept = 0;
  events_.keep = [&](const Trained&) {
    if (++kept == 2) throw Error(ExitCode::kOutput, "the disk is full");
  };
  EXPECT_EQ(error_of(ExitCode::kOutput, [&] { train(groups(50, 2)); }), "the disk is full");
  EXPECT_EQ(kept, 2);
  EXPECT_THAT(told_, ElementsAre(0, 1));
  EXPECT_LT(epochs_, 50);
}

TEST_F(KeptRuns, AnErrorFreesALaneThatWaits) {
  events_.keep = [&](const Trained&) {
    EXPECT_TRUE(comes_true([this] { return epochs_ == 3; }));
    throw Error(ExitCode::kOutput, "the disk is full");
  };
  EXPECT_EQ(error_of(ExitCode::kOutput, [&] { train(groups(4, 1)); }), "the disk is full");
  EXPECT_THAT(told_, testing::IsEmpty());
}

TEST_F(KeptRuns, AStopKeepsWhatIsTrained) {
  std::stop_source stop;
  int kept = 0;
  events_.keep = [&](const Trained&) {
    if (++kept > 1) return;
    EXPECT_TRUE(comes_true([this] { return epochs_ == 3; }));
    stop.request_stop();
  };
  const int done = train(groups(9, 1), stop.get_token()).runs_done;
  EXPECT_GE(done, 2);  // the third group may be stopped before it is evaluated
  EXPECT_LE(done, 3);
  EXPECT_EQ(told_.size(), static_cast<std::size_t>(done));
}

}  // namespace
}  // namespace gpu_sweep::test
