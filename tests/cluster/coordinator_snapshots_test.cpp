// Snapshots between a leader and its ranks.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <set>

#include "engine/cluster/snapshot_message.h"
#include "tests/cluster/coordinator_fixture.h"

namespace gpu_sweep::test {
namespace {

TEST_F(Coordinator, SnapshotsAreSentToTheResumingRankAndComeBack) {
  constexpr std::size_t kMore = 300'000;
  groups.resize(1);
  groups[0].epochs_done = 1;
  for (RunSpec& run : groups[0].runs) run.key = std::string(63, 'k') + std::to_string(run.seed);
  Work goes_on = work();
  goes_on.group = [this](const GroupOrder& order) {
    GroupSpec group = groups.at(order.group);
    group.epochs_done = static_cast<int>(order.epochs_done);
    return group;
  };
  goes_on.snapshots = {5, 0};
  goes_on.train = [](const GroupSource& next, const SweepEvents& events, const std::stop_token& stop) {
    EXPECT_EQ(events.snapshots.interval.epochs, 5);
    while (const std::optional<GroupSpec> group = next(stop)) {
      EXPECT_EQ(group->epochs_done, 1);
      for (const RunSpec& run : group->runs) {
        Snapshot snapshot = events.snapshots.load(run);
        EXPECT_EQ(snapshot.weights, snapshot_of(run, 1, kMore).weights);
        snapshot.weights[0] = 9;
        events.snapshots.keep({snapshot});
      }
      finish(*group, events);
    }
  };
  std::map<std::string, Snapshot> kept;
  SweepEvents events;
  events.snapshots.load = [](const RunSpec& run) { return snapshot_of(run, 1, kMore); };
  events.snapshots.keep = [&](const std::vector<Snapshot>& group) {
    for (const Snapshot& snapshot : group) kept[snapshot.key] = snapshot;
  };
  const std::vector<std::jthread> trainers = all_trainers(goes_on);
  EXPECT_EQ(lead(events).runs_done, 4);
  ASSERT_EQ(kept.size(), 4U);
  for (const RunSpec& run : groups[0].runs) {
    Snapshot expected = snapshot_of(run, 1, kMore);
    expected.weights[0] = 9;
    EXPECT_EQ(kept[run.key].weights, expected.weights);
    EXPECT_EQ(kept[run.key].history, expected.history);
    EXPECT_EQ(kept[run.key].optimizer, expected.optimizer);
    EXPECT_EQ(kept[run.key].step, 7U);
  }
}

TEST_F(Coordinator, SnapshotsAreTakenUnlessNever) {
  groups.clear();
  for (const SnapshotInterval& interval :
       {SnapshotInterval{}, SnapshotInterval{5, 0}, SnapshotInterval{0, 5}}) {
    Loopback pair(2);
    Work looks = work();
    looks.snapshots = interval;
    looks.train = [&](const GroupSource&, const SweepEvents& events, const std::stop_token&) {
      EXPECT_GT(events.snapshots.standby_seconds, 0);
      EXPECT_EQ(static_cast<bool>(events.snapshots.keep), !interval.never());
    };
    const std::jthread rank([&] { serve(pair.communicator(1), hello(stored.provenance), looks, {}); });
    EXPECT_EQ(coordinate(pair.communicator(0), groups, stored, {}, {}).runs_done, 0);
  }
}

// Only rank 0 is stopped here. Under mpirun, all ranks are stopped, in any order.
TEST_F(Coordinator, AStopKeepsTheProgressOfUnfinishedRuns) {
  for (GroupSpec& group : groups) {
    for (RunSpec& run : group.runs) run.key.insert(0, 64 - run.key.size(), 'k');
  }
  std::stop_source stop;
  std::atomic<int> begun = 0;
  Work does = work();
  does.snapshots = {5, 0};
  does.train = [&](const GroupSource& next, const SweepEvents& events, const std::stop_token& stopped) {
    const std::optional<GroupSpec> group = next(stopped);
    if (++begun == 3) stop.request_stop();
    while (!stopped.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (const RunSpec& run : group->runs) events.snapshots.keep({snapshot_of(run, 1, 300'000)});
    EXPECT_FALSE(next(stopped).has_value());
  };
  std::set<std::string> kept;
  SweepEvents events;
  events.snapshots.keep = [&](const std::vector<Snapshot>& group) {
    for (const Snapshot& snapshot : group) EXPECT_TRUE(kept.insert(snapshot.key).second);
  };
  const std::vector<std::jthread> trainers = all_trainers(does);
  EXPECT_EQ(coordinate(loopback.communicator(0), groups, stored, events, stop.get_token()).runs_done, 0);
  EXPECT_EQ(kept.size(), 12U) << "three groups of four runs";
  for (int rank = 1; rank < 4; ++rank)
    loopback.communicator(0).send(rank, encode(Dismissal{}));  // ends the job
}

}  // namespace
}  // namespace gpu_sweep::test
