// Leader and trainers as threads of one process; runs are made up, nothing is trained.
#include "engine/cluster/coordinator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/cluster/message.h"
#include "engine/cluster/snapshot_message.h"
#include "engine/cluster/worker.h"
#include "engine/error.h"
#include "engine/store/experiment_json.h"
#include "tests/cluster/loopback.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {
namespace {

using gpu_sweep::test::expect_same_bits;
using gpu_sweep::test::sample_run;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class Coordinator : public ::testing::Test {
 protected:
  Coordinator() {
    stored.experiment = gpu_sweep::test::sample_experiment();
    stored.experiment.runs = 20;
    stored.provenance = gpu_sweep::test::sample_provenance();
    for (const ModelSpec& model : stored.experiment.models) {
      for (std::uint64_t seed = 0; seed < 20; seed += 4) {
        GroupSpec& group = groups.emplace_back();
        group.replicas = 4;
        for (std::uint64_t i = 0; i < 4; ++i) {
          group.runs.push_back({model, seed + i, sample_run(model, seed + i).key});
        }
      }
    }
  }

  Hello hello(const Provenance& provenance) const {
    return {"somewhere", to_json(stored.experiment).dump(), to_json(provenance).dump(), 2};
  }

  /// What a rank does with its orders; `on_group` may throw.
  Work work(const std::function<void()>& on_group = {}) const {
    Work result;
    result.group = [this](const GroupOrder& order) {
      EXPECT_EQ(order.replicas, 4U);
      EXPECT_EQ(order.keys.front(), groups.at(order.group).runs.front().key);
      return groups.at(order.group);
    };
    result.train = [on_group](const GroupSource& next, const SweepEvents& events,
                              const std::stop_token& stop) {
      while (const std::optional<GroupSpec> group = next(stop)) {
        if (on_group) on_group();
        for (int epoch = 1; epoch <= 3; ++epoch) events.on_epoch(*group, epoch);
        for (const RunSpec& run : group->runs) events.on_run(sample_run(run.model, run.seed), {});
      }
    };
    return result;
  }

  std::jthread trainer(int rank, const Hello& greeting, const Work& does) {
    return std::jthread([this, rank, greeting, does](const std::stop_token& stop) {
      serve(loopback.communicator(rank), greeting, does, stop);
    });
  }

  SweepResult lead(const SweepEvents& events = {}) {
    return coordinate(loopback.communicator(0), groups, stored, events, {});
  }

  StoredExperiment stored;
  std::vector<GroupSpec> groups;
  Loopback loopback{4};
};

TEST_F(Coordinator, EveryRunArrivesOnceAndUnchanged) {
  std::map<std::string, RunRecord> runs;
  int epochs = 0;
  SweepEvents events;
  events.on_epoch = [&](const GroupSpec&, int) { ++epochs; };
  events.on_run = [&](const RunRecord& run, const Weights&) {
    EXPECT_TRUE(runs.emplace(run.key, run).second) << run.key;
  };
  std::vector<std::jthread> trainers;
  for (int rank = 1; rank < 4; ++rank) trainers.push_back(trainer(rank, hello(stored.provenance), work()));
  EXPECT_EQ(lead(events).runs_done, 40);
  EXPECT_EQ(epochs, 30);
  ASSERT_EQ(runs.size(), 40U);
  for (const GroupSpec& group : groups) {
    for (const RunSpec& run : group.runs) expect_same_bits(sample_run(run.model, run.seed), runs.at(run.key));
  }
}

TEST_F(Coordinator, WithoutGroupsEveryRankIsDismissed) {
  groups.clear();
  std::vector<std::jthread> trainers;
  for (int rank = 1; rank < 4; ++rank) trainers.push_back(trainer(rank, hello(stored.provenance), work()));
  EXPECT_EQ(lead().runs_done, 0);
}

Snapshot snapshot_of(const RunSpec& run, float weight) {
  Snapshot snapshot;
  snapshot.key = run.key;
  snapshot.history = {{1, 2, 3, 4}, {0.5, 0.25, 0.125, 1e300}};
  snapshot.step = 7;
  snapshot.weights = {weight, -0.0F};
  snapshot.optimiser = {{2, 3}};
  return snapshot;
}

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
  std::vector<std::jthread> trainers;
  for (int rank = 1; rank < 4; ++rank) trainers.push_back(trainer(rank, hello(stored.provenance), goes_on));
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

TEST_F(Coordinator, TheErrorOfARankNamesItAndKeepsItsCode) {
  const Work fails = work([] { throw Error(ExitCode::kDevice, "the card is lost"); });
  const std::jthread failing = trainer(2, hello(stored.provenance), fails);
  try {
    lead();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kDevice);
    EXPECT_STREQ(error.what(), "rank 2 on somewhere: the card is lost");
  }
}

TEST_F(Coordinator, ARankOfAnotherExperimentIsRefusedWithTheDifference) {
  Provenance other = stored.provenance;
  other.numerics = "library 1 AVX2";
  const std::jthread stranger = trainer(3, hello(other), work());
  try {
    lead();
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("rank 3 on somewhere"), HasSubstr("AVX512\" -> \"library 1 AVX2")));
  }
}

TEST_F(Coordinator, MessagesThatMakeNoSenseAreFaults) {
  const RunRow known = to_row(sample_run(groups[0].runs[0].model, 0));
  RunRow unknown = known;
  unknown.key = "nobody's";
  unknown.sha256 = checksum(unknown);
  groups[0].runs[1].key = std::string(64, 'a');
  const RunSpec stranger{groups[0].runs[1].model, 1, std::string(64, 'b')};
  const std::string not_given = "works on a group that it was not given";
  const std::vector<std::pair<std::vector<std::byte>, std::string>> senseless = {
      {{}, "a message is too short"},
      {std::vector<std::byte>(100), "a message of another version"},
      {encode(RunDone{unknown}), "sent a run that nobody waits for"},
      {encode(RunDone{known}), not_given},
      {encode(EpochDone{0, 1}), not_given},
      {encode(EpochDone{4'000'000'000, 1}), not_given},
      {encode(GroupOrder{0, 1, {"key"}}), "sent an order"},
      {encode(Dismissal{}), "sent a dismissal"},
      {encode(SnapshotTaken{}), "a snapshot: "},
      {encode(*pack(snapshot_of(groups[0].runs[1], 1))), not_given},
      {encode(*pack(snapshot_of(stranger, 1))), "sent a snapshot that nobody waits for"},
      {encode(Hello{}), "parse error"}};
  for (const auto& [message, text] : senseless) {
    const auto lead_one = [&, &sent = message] {  // called again for what a failure prints
      Loopback fresh(2);
      fresh.communicator(1).send(0, sent);
      fresh.communicator(1).send(0, encode(Failure{1, "was believed"}));  // ends the job all the same
      coordinate(fresh.communicator(0), groups, stored, {}, {});
    };
    EXPECT_THAT(lead_one, ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("rank 1"), HasSubstr(text))));
  }
}

TEST_F(Coordinator, ASenselessOrderEndsARankBeforeItsNextGroup) {
  Loopback fresh(2);
  const Communicator leader = fresh.communicator(0);
  for (std::uint32_t i = 0; i < 4; ++i) {
    GroupOrder order{i, 4, {}};
    for (const RunSpec& run : groups[i].runs) order.keys.push_back(run.key);
    leader.send(1, encode(order));
  }
  int begun = 0;
  Work does = work();
  does.train = [&](const GroupSource& next, const SweepEvents&, const std::stop_token& stop) {
    while (next(stop)) {
      if (++begun == 1) leader.send(1, std::vector<std::byte>(100));
      while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  EXPECT_THROW(serve(fresh.communicator(1), hello(stored.provenance), does, {}), std::invalid_argument);
  EXPECT_EQ(begun, 1);
}

TEST_F(Coordinator, StopsWhenToldTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(coordinate(loopback.communicator(0), groups, stored, {}, stop.get_token()).runs_done, 0);
}

}  // namespace
}  // namespace gpu_sweep::test
