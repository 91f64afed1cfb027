// A leader and its ranks: all runs are collected, errors are passed on, and a stop request ends the job.
#include <gmock/gmock.h>

#include <map>

#include "tests/cluster/coordinator_fixture.h"
#include "tests/support/error_of.h"
#include "tests/support/expect_same_run.h"

namespace gpu_sweep::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(Coordinator, EveryRunArrivesOnceAndUnchanged) {
  std::map<std::string, RunRecord> runs;
  int epochs = 0;
  SweepEvents events;
  events.on_epoch = [&](const GroupSpec&, int) { ++epochs; };
  events.on_run = [&](const RunRecord& run, const Weights&) {
    EXPECT_TRUE(runs.emplace(run.key, run).second) << run.key;
  };
  const std::vector<std::jthread> trainers = all_trainers(work());
  EXPECT_EQ(lead(events).runs_done, 40);
  EXPECT_EQ(epochs, 30);
  ASSERT_EQ(runs.size(), 40U);
  for (const GroupSpec& group : groups) {
    for (const RunSpec& run : group.runs) expect_same_bits(sample_run(run.model, run.seed), runs.at(run.key));
  }
}

TEST_F(Coordinator, TheRunsOfAGroupAreKeptTogetherBeforeTheyAreReported) {
  std::vector<std::size_t> kept;
  std::size_t told = 0;
  SweepEvents events;
  events.keep = [&](const Trained& group) {
    EXPECT_EQ(told, 4 * kept.size());
    kept.push_back(group.records.size());
  };
  events.on_run = [&](const RunRecord&, const Weights& weights) {
    EXPECT_EQ(weights, Weights{});
    ++told;
  };
  const std::vector<std::jthread> trainers = all_trainers(work());
  EXPECT_EQ(lead(events).runs_done, 40);
  EXPECT_EQ(kept, std::vector<std::size_t>(10, 4));
  EXPECT_EQ(told, 40U);
}

/// Half of each group stops early, and the other half goes on as a smaller group, which sends snapshots.
TEST_F(Coordinator, TheHalvesOfAGroupAreKeptApartIfOneStopsEarly) {
  for (std::size_t g = 0; g < groups.size(); ++g) {  // the key in a snapshot must have 64 characters
    for (std::size_t i = 0; i < 4; ++i)
      groups[g].runs[i].key = std::string(62, 'k') + std::to_string(g) + std::to_string(i);
  }
  Work halving = work();
  halving.snapshots = {1, 0};
  halving.train = [](const GroupSource& next, const SweepEvents& events, const std::stop_token& stop) {
    while (const std::optional<GroupSpec> group = next(stop)) {
      events.on_epoch(*group, 1);
      GroupSpec stopped = *group, others = *group;
      stopped.runs.resize(2);
      others.runs.erase(others.runs.begin(), others.runs.begin() + 2);
      others.replicas = 2;
      finish(stopped, events);
      std::vector<Snapshot> snapshots;
      for (const RunSpec& run : others.runs) snapshots.push_back(snapshot_of(run, 1));
      events.snapshots.keep(snapshots);
      events.on_epoch(others, 2);
      finish(others, events);
    }
  };
  int epochs = 0, snapshots = 0;
  std::vector<std::size_t> kept;
  SweepEvents events;
  events.on_epoch = [&](const GroupSpec&, int) { ++epochs; };
  events.keep = [&](const Trained& group) { kept.push_back(group.records.size()); };
  events.snapshots.keep = [&](const std::vector<Snapshot>& group) {
    snapshots += static_cast<int>(group.size());
  };
  const std::vector<std::jthread> trainers = all_trainers(halving);
  EXPECT_EQ(lead(events).runs_done, 40);
  EXPECT_EQ(kept, std::vector<std::size_t>(20, 2));
  EXPECT_EQ(epochs, 20);
  EXPECT_EQ(snapshots, 20);
}

TEST_F(Coordinator, AnErrorWhileKeepingEndsTheJobAndNothingIsKeptAfterIt) {
  int kept = 0;
  SweepEvents events;
  events.keep = [&](const Trained&) {
    if (++kept == 2) throw Error(ExitCode::kOutput, "the disk is full");
  };
  int told = 0;
  events.on_run = [&](const RunRecord&, const Weights&) { ++told; };
  std::vector<std::jthread> trainers = all_trainers(work());
  EXPECT_EQ(error_of(ExitCode::kOutput, [&] { lead(events); }), "the disk is full");
  EXPECT_EQ(kept, 2);
  EXPECT_EQ(told, 4);
  for (std::jthread& trainer : trainers) trainer.request_stop();
}

TEST_F(Coordinator, WithoutGroupsEveryRankIsDismissed) {
  groups.clear();
  const std::vector<std::jthread> trainers = all_trainers(work());
  EXPECT_EQ(lead().runs_done, 0);
}

TEST_F(Coordinator, TheErrorOfARankNamesItAndKeepsItsCode) {
  const Work fails = work([] { throw Error(ExitCode::kDevice, "the card is lost"); });
  const std::jthread failing = trainer(2, hello(stored.provenance), fails);
  EXPECT_EQ(error_of(ExitCode::kDevice, [this] { lead(); }), "rank 2 on somewhere: the card is lost");
}

TEST_F(Coordinator, RunsReceivedFromAGroupAreKeptHoweverTheJobEnds) {
  const auto run = [this](std::size_t i) {
    return encode(RunDone{to_row(sample_run(groups[0].runs[i].model, groups[0].runs[i].seed)), false});
  };
  const std::vector<std::pair<std::vector<std::byte>, std::string>> ends = {
      {encode(Failure{static_cast<int>(ExitCode::kDevice), "the card is lost"}), "the card is lost"},
      {std::vector<std::byte>(100), "a message of another version"},
      {encode(Dismissal{}), "sent a dismissal"},
      {{}, "another rank's"}};
  for (const auto& [last, text] : ends) {
    SCOPED_TRACE(text);
    Loopback fresh(3);
    const Communicator sender = fresh.communicator(1), other = fresh.communicator(2);
    for (const Communicator& rank : {sender, other}) rank.send(0, encode(hello(stored.provenance)));
    sender.send(0, run(0));
    sender.send(0, run(1));
    if (last.empty()) {
      other.send(0, encode(Failure{1, text}));
    } else {
      sender.send(0, last);
    }
    std::vector<std::string> kept;
    SweepEvents events;
    events.keep = [&](const Trained& group) {
      for (const RunRecord& record : group.records) kept.push_back(record.key);
    };
    EXPECT_THAT([&] { coordinate(fresh.communicator(0), groups, stored, events, {}); },
                ::testing::ThrowsMessage<std::exception>(HasSubstr(text)));
    EXPECT_EQ(kept, (std::vector<std::string>{groups[0].runs[0].key, groups[0].runs[1].key}));
  }
}

TEST_F(Coordinator, ARankOfAnotherExperimentIsRefusedWithTheDifference) {
  Provenance other = stored.provenance;
  other.numerics = "library 1 AVX2";
  const std::jthread stranger = trainer(3, hello(other), work());
  EXPECT_THAT(error_of(ExitCode::kUsage, [this] { lead(); }),
              AllOf(HasSubstr("rank 3 on somewhere"), HasSubstr("AVX512\" -> \"library 1 AVX2")));
}

TEST_F(Coordinator, StopsWhenToldTo) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(coordinate(loopback.communicator(0), groups, stored, {}, stop.get_token()).runs_done, 0);
}

}  // namespace
}  // namespace gpu_sweep::test
