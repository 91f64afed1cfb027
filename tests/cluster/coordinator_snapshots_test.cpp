// Snapshots between a leader and its ranks.
#include <gmock/gmock.h>

#include <map>

#include "engine/cluster/snapshot_message.h"
#include "tests/cluster/coordinator_fixture.h"

namespace gpu_sweep::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(Coordinator, SnapshotsGoToTheRankThatGoesOnAndComeBackFromIt) {
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
        EXPECT_EQ(snapshot.weights, snapshot_of(run, 1).weights);
        snapshot.weights[0] = 9;
        events.snapshots.keep({snapshot});
        RunRecord record = sample_run(run.model, run.seed);
        record.key = run.key;
        events.on_run(record, {});
      }
    }
  };
  std::map<std::string, Snapshot> kept;
  SweepEvents events;
  events.snapshots.load = [](const RunSpec& run) { return snapshot_of(run, 1); };
  events.snapshots.keep = [&](const std::vector<Snapshot>& group) {
    for (const Snapshot& snapshot : group) kept[snapshot.key] = snapshot;
  };
  const std::vector<std::jthread> trainers = all_trainers(goes_on);
  EXPECT_EQ(lead(events).runs_done, 4);
  ASSERT_EQ(kept.size(), 4U);
  for (const RunSpec& run : groups[0].runs) {
    EXPECT_EQ(kept[run.key].weights, snapshot_of(run, 9).weights);
    EXPECT_EQ(kept[run.key].history, snapshot_of(run, 9).history);
    EXPECT_EQ(kept[run.key].optimiser, snapshot_of(run, 9).optimiser);
    EXPECT_EQ(kept[run.key].step, 7U);
  }
}

TEST_F(Coordinator, NothingIsKeptForAStop) {
  groups.clear();
  for (const SnapshotInterval& interval :
       {SnapshotInterval{}, SnapshotInterval{5, 0}, SnapshotInterval{0, 5}}) {
    Loopback pair(2);
    Work looks = work();
    looks.snapshots = interval;
    looks.train = [&](const GroupSource&, const SweepEvents& events, const std::stop_token&) {
      EXPECT_EQ(events.snapshots.standby_seconds, 0);
      const bool wanted = interval.epochs > 0 || interval.seconds > 0;
      EXPECT_EQ(static_cast<bool>(events.snapshots.keep), wanted);
    };
    const std::jthread rank([&] { serve(pair.communicator(1), hello(stored.provenance), looks, {}); });
    EXPECT_EQ(coordinate(pair.communicator(0), groups, stored, {}, {}).runs_done, 0);
  }
}

TEST_F(Coordinator, GroupsWithATooLargeSnapshotStartOver) {
  groups.resize(3);
  for (GroupSpec& group : groups) group.epochs_done = 1;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (RunSpec& run : groups[g].runs) {
      run.key = std::string(62, 'k') + std::to_string(g) + std::to_string(run.seed % 4);
    }
  }
  const std::string large = groups[1].runs[3].key;  // the other runs of its group must not go on alone
  const std::string larger = groups[2].runs[0].key;
  SweepEvents events;
  events.snapshots.load = [&](const RunSpec& run) {
    Snapshot snapshot = snapshot_of(run, 1);
    if (run.key == large || run.key == larger) snapshot.weights.resize(100'000);
    return snapshot;
  };
  std::vector<std::string> remarks;
  events.on_remark = [&](const std::string& line) { remarks.push_back(line); };
  Loopback pair(2);
  const Communicator trainer = pair.communicator(1);
  Hello greeting = hello(stored.provenance);
  greeting.groups = 3;
  trainer.send(0, encode(greeting));
  trainer.send(0, encode(Failure{1, "enough"}));  // ends the job once the orders are sent
  EXPECT_THROW(coordinate(pair.communicator(0), groups, stored, events, {}, 100'000), std::runtime_error);
  std::vector<std::uint32_t> epochs_done;
  std::vector<std::string> sent;
  while (const std::optional<Incoming> incoming = trainer.receive()) {
    const Message message = decode(incoming->bytes);
    if (const auto* begun = std::get_if<SnapshotTaken>(&message)) {
      sent.push_back(unpack(*begun).key);
    } else {
      epochs_done.push_back(std::get<GroupOrder>(message).epochs_done);
    }
  }
  EXPECT_THAT(epochs_done, ElementsAre(1, 0, 0));
  std::vector<std::string> of_the_first;
  for (const RunSpec& run : groups[0].runs) of_the_first.push_back(run.key);
  EXPECT_EQ(sent, of_the_first);
  EXPECT_THAT(remarks, ElementsAre(HasSubstr("above 100000 bytes")));
}

}  // namespace
}  // namespace gpu_sweep::test
