// Stores whose main file is gone, while the log or the ledger beside it has or names finished runs.
#include <random>
#include <stop_token>

#include "engine/store/runs/backup_store.h"
#include "engine/store/salvage/salvage.h"
#include "tests/store/runs/group_in_the_log_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The log, the ledger and the lock of a store that was deleted.
class OrphanedLog : public AGroupInTheLog {
 protected:
  OrphanedLog() {
    sound = files["runs.sqlite"];
    files.erase("runs.sqlite");
    put(files);
  }

  RunStore opened(bool by_repair) { return by_repair ? RunStore::repair(out()) : continued(); }

  /// Continues the same experiment and states the keys of its runs, as the command `run` does.
  RunStore continued_with_keys() {
    StoreOptions options;
    for (const RunRecord& run : runs) options.runs.push_back({run.key, run.model, run.seed});
    return RunStore::create_or_continue(out(), experiment, sample_provenance(), options);
  }

  fs::path unfinished_file() const { return fs::path(file()) += ".new"; }

  /// Leaves the unfinished store that a killed salvage has made of the sound store, read with or without its
  /// log.
  void leave_unfinished(bool with_log) {
    fs::create_directory(out() / "made");
    write_file(out() / "made/runs.sqlite", sound);
    if (with_log) write_file(out() / "made/runs.sqlite-wal", files["runs.sqlite-wal"]);
    {
      sqlite::Database made(unfinished_file(), sqlite::Access::kCreate);
      ASSERT_TRUE(salvage_store(out() / "made/runs.sqlite", made, {}));
    }
    fs::remove_all(out() / "made");
  }

  std::string sound;  ///< the bytes of runs.sqlite, without those of its log
};

TEST_F(OrphanedLog, IsRecoveredByRepairAndByRun) {
  for (const bool by_repair : {true, false}) {
    SCOPED_TRACE(by_repair ? "repair" : "run");
    put(files);
    {
      const RunStore store = opened(by_repair);
      EXPECT_EQ(expect_only_true_runs(store), 20u);
      EXPECT_THAT(
          store.damaged(),
          ElementsAre(EndsWith("runs.sqlite is gone and its log is left; 20 finished runs were recovered "
                               "from it, and it is kept as runs.sqlite.damaged-1-wal")));
      EXPECT_THAT(store.missing(), IsEmpty());
    }
    EXPECT_TRUE(read_file(out() / "runs.sqlite.damaged-1-wal") == files["runs.sqlite-wal"]);
    EXPECT_THAT(names_in(out()),
                ElementsAre("lock", "runs.sqlite", "runs.sqlite-ledger", "runs.sqlite.damaged-1-wal"));
    EXPECT_THAT(opened(by_repair).damaged(), IsEmpty());
  }
}

TEST_F(OrphanedLog, CostsAtMostTheRunThatAFlippedBitHits_Seed7) {
  std::mt19937 random(7);
  std::size_t lost = 0;
  for (int trial = 0; trial < 12; ++trial) {
    auto spoilt = files;
    std::string& log = spoilt["runs.sqlite-wal"];
    const std::size_t place = random() % log.size();
    log[place] = static_cast<char>(log[place] ^ (1 << random() % 8));
    SCOPED_TRACE("byte " + std::to_string(place) + " of " + std::to_string(log.size()));
    put(spoilt);
    const RunStore store = opened(trial % 2 == 0);
    const std::size_t intact = expect_only_true_runs(store);
    EXPECT_GE(intact, 19u);
    EXPECT_EQ(store.damaged().size(), intact == 20 ? 1u : 2u) << "the log, and the run that was hit";
    lost += 20 - intact;
  }
  EXPECT_GT(lost, 0u) << "no flip hit a run";
}

TEST_F(OrphanedLog, IsNamedToAReader) {
  for (const bool has_ledger : {true, false}) {
    if (!has_ledger) files.erase("runs.sqlite-ledger");
    put(files);
    EXPECT_THAT(
        error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }),
        HasSubstr("runs.sqlite is gone and its log is left; gpu_sweep repair recovers what is intact"));
    expect_unchanged(files);
  }
}

TEST_F(OrphanedLog, OfAnUnknownExperimentStaysUntilTheCallerKnowsIt) {
  files.erase("runs.sqlite-ledger");
  put(files);
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::repair(out()); }),
              HasSubstr("its log is left; its experiment cannot be read: gpu_sweep run EXPERIMENT.toml"));
  expect_unchanged(files);
  EXPECT_EQ(expect_only_true_runs(continued_with_keys()), 20u);
  experiment.runs = 9;
  put(files);
  runs = sample_runs(experiment, 4000);
  const RunStore store = continued_with_keys();
  EXPECT_EQ(expect_only_true_runs(store), 18u);
  EXPECT_THAT(store.damaged(),
              ElementsAre(EndsWith("it is kept as runs.sqlite.damaged-1-wal; 2 finished runs "
                                   "that were not asked for stay only there")));
}

TEST_F(OrphanedLog, OfAnotherExperimentIsRefusedAndStays) {
  experiment.seed = 5;
  EXPECT_THAT(error_of(ExitCode::kUsage, [this] { continued(); }),
              HasSubstr("runs.sqlite-wal holds another experiment: seed: 0 -> 5"));
  expect_unchanged(files);
}

TEST_F(OrphanedLog, StaysIfAStopEndsTheRecovery) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(error_of(ExitCode::kBusy,
                       [&] {
                         RunStore::repair(out(), {{}, {}, stop.get_token(), {}});
                       }),
              HasSubstr("was stopped"));
  expect_unchanged(files);
}

// The salvage was killed after keeping the log and before giving the salvaged store its name.
TEST_F(OrphanedLog, OfAKilledSalvageIsInTheStoreThatWasMade) {
  for (const bool by_repair : {true, false}) {
    SCOPED_TRACE(by_repair ? "repair" : "run");
    put({{"runs.sqlite-ledger", files["runs.sqlite-ledger"]},
         {"runs.sqlite.damaged-1-wal", files["runs.sqlite-wal"]}});
    leave_unfinished(true);
    const RunStore store = opened(by_repair);
    EXPECT_EQ(expect_only_true_runs(store), 20u);
    EXPECT_THAT(store.damaged(),
                ElementsAre(EndsWith("runs.sqlite is gone: the store of 20 finished runs that "
                                     "was being recovered from it now replaces it")));
    EXPECT_FALSE(fs::exists(unfinished_file()));
  }
}

// A store was damaged, its salvage was killed before it had kept the log, and the damaged store was deleted.
TEST_F(OrphanedLog, IsAddedToTheStoreThatAKilledSalvageMade) {
  const std::vector<RunRecord> of_the_log = runs;
  experiment.runs = 11;
  runs = sample_runs(experiment, 4000);
  put({});
  {
    RunStore store = continued();
    store.add(runs[10]);  // closing the store moves this run into its file
  }
  sound = read_file(file());
  put(files);
  leave_unfinished(false);
  const RunStore store = RunStore::repair(out());
  EXPECT_EQ(expect_only_true_runs(store), 21u);
  EXPECT_THAT(
      store.damaged(),
      ElementsAre(EndsWith("runs.sqlite is gone: the store of 21 finished runs that was being recovered "
                           "from it now replaces it, and its log is kept as "
                           "runs.sqlite.damaged-1-wal")));
  EXPECT_TRUE(read_file(out() / "runs.sqlite.damaged-1-wal") == files["runs.sqlite-wal"]);
}

TEST_F(OrphanedLog, AnUnfinishedNewStoreIsNotInTheWay) {
  put({});
  { const RunStore store = continued(); }
  const std::string made = read_file(file());
  put({{"runs.sqlite.new", made}});
  EXPECT_THAT(error_of(ExitCode::kUsage, [this] { RunStore::repair(out()); }), HasSubstr("holds no results"));
  const RunStore store = continued();
  EXPECT_THAT(store.damaged(), IsEmpty());
  EXPECT_FALSE(fs::exists(unfinished_file()));
}

TEST_F(OrphanedLog, ALedgerWithoutALogCannotBeRepaired) {
  files.erase("runs.sqlite-wal");
  put(files);
  EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::repair(out()); }),
              HasSubstr("is gone, and its ledger names 20 finished runs"));
  expect_unchanged(files);
}

// A backup into the folder of an orphaned log is refused: SQLite would apply the log to the backup.
TEST_F(OrphanedLog, KeepsABackupOutOfTheFolder) {
  const TemporaryDirectory other;
  {
    RunStore store = RunStore::create_or_continue(other.path(), experiment, sample_provenance());
    store.add(runs[0]);
  }
  files.erase("runs.sqlite-ledger");
  put(files);
  EXPECT_THAT(error_of(ExitCode::kUsage, [&] { backup_store(other.path(), out()); }),
              HasSubstr(out().string() + " holds results"));
  expect_unchanged(files);
}

}  // namespace
}  // namespace gpu_sweep::test
