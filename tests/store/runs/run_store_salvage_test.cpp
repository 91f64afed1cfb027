// Truncated or altered files: which runs are recovered from them, and where the damaged files are kept. Also:
// the numbering of a ledger's lines, and a lock on the store after a stop request.
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <stop_token>
#include <thread>

#include "engine/store/database/ledger.h"
#include "engine/store/runs/backup_store.h"
#include "engine/store/salvage/damaged_file.h"
#include "engine/store/salvage/salvage.h"
#include "tests/store/runs/group_in_the_log_fixture.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::size_t kPage = 32768;  ///< page size of a store, in bytes

TEST_F(RunStoreDamage, ATruncatedFileIsNeverReadAndCostsOnlyWhatIsMissing_Seed1) {
  experiment.runs = 12;
  runs = sample_runs(experiment, 4000);
  fill();
  const std::string bytes = read_file(file());
  std::mt19937 random(1);
  std::vector<std::size_t> lengths = {
      0, 1, 15, 16, 99, 100, 512, kPage, bytes.size() - kPage, bytes.size() - 1};
  for (int i = 0; i < 8; ++i) lengths.push_back(random() % bytes.size());
  std::size_t partly = 0;
  for (const std::size_t length : lengths) {
    SCOPED_TRACE("cut at " + std::to_string(length) + " of " + std::to_string(bytes.size()));
    replace(bytes.substr(0, length));
    expect_reading_refused();
    const auto salvaged = expect_salvaged_or_refused(bytes.substr(0, length));
    if (salvaged && *salvaged > 0 && *salvaged < runs.size()) ++partly;
  }
  EXPECT_GT(partly, 0u);
}

// Flipped bits are harmless, make the file unreadable, or lose runs, which are then named. No run is ever
// read with other contents than were stored, and none disappears silently.
TEST_F(RunStoreDamage, FlippedBytesAreNeverSilentlyUsed_Seed2) {
  fill();
  const std::string bytes = read_file(file());
  std::mt19937 random(2);
  int refused = 0, salvaged = 0, named = 0, harmless = 0;
  for (int trial = 0; trial < 120; ++trial) {
    std::string damaged = bytes;
    // Every third trial hits the first bytes of a page, which hold the structure.
    const std::size_t page = random() % (bytes.size() / kPage) * kPage;
    const std::size_t range = trial % 3 == 0 ? 128 : kPage;
    for (unsigned i = random() % 4 + 1; i > 0; --i) damaged[page + random() % range] ^= 1 << random() % 8;
    SCOPED_TRACE("trial " + std::to_string(trial));
    replace(damaged);
    bool readable = true;
    try {
      const RunStore reader = RunStore::open(out());
      if (reader.damaged().empty()) {
        EXPECT_EQ(expect_only_true_runs(reader), runs.size());
      }
    } catch (const Error&) {
      readable = false;
    }
    if (!readable) {
      replace(damaged);
      expect_reading_refused();
      ++(expect_salvaged_or_refused(damaged) ? salvaged : refused);
      continue;
    }
    RunStore store = continued();
    EXPECT_EQ(expect_only_true_runs(store) + store.damaged().size(), runs.size());
    ++(store.damaged().empty() ? harmless : named);
    for (const RunRecord& run : runs) store.add(run);
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
  }
  // Every outcome has occurred in the trials.
  EXPECT_GT(refused, 0);
  EXPECT_GT(salvaged, 0);
  EXPECT_GT(named, 0);
  EXPECT_GT(harmless, 0);
}

TEST_F(RunStoreDamage, AChangedExperimentIsRefusedBeforeADamagedFileIsReplaced) {
  fill();
  std::string bytes = read_file(file());
  bytes.resize(bytes.size() - 1);
  replace(bytes);
  experiment.seed = 5;
  EXPECT_THAT(error_of(ExitCode::kUsage, [this] { continued(); }),
              HasSubstr("runs.sqlite holds another experiment: seed: 0 -> 5"));
  EXPECT_THAT(names_in(out()), ElementsAre("lock", "runs.sqlite"));
  EXPECT_EQ(read_file(file()), bytes);
}

// The salvage was killed after it had set the damaged file and its log aside, and before the salvaged store
// took the file's place.
TEST_F(RunStoreDamage, ASalvageThatWasKilledBeforeItsEndIsFinished) {
  const auto [bytes, side_bytes] = killed_while_filling();
  {
    sqlite::Database made(fs::path(file()) += ".new", sqlite::Access::kCreate);
    ASSERT_EQ(salvage_store(file(), made, {}).value().runs, runs.size());
  }
  ASSERT_EQ(keep_damaged(file()).filename(), "runs.sqlite.damaged-1");
  EXPECT_LT(RunStore::open(out()).runs().size(), runs.size()) << "runs must be in the log only";
  {
    const RunStore store = continued();
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
    EXPECT_THAT(store.damaged(), ElementsAre(HasSubstr("it is kept as runs.sqlite.damaged-1")));
  }
  EXPECT_FALSE(fs::exists(fs::path(file()) += ".new"));
  EXPECT_EQ(read_file(out() / "runs.sqlite.damaged-1"), bytes);
  EXPECT_EQ(read_file(out() / "runs.sqlite.damaged-1-wal"), side_bytes);
  EXPECT_TRUE(continued().damaged().empty());
}

TEST_F(RunStoreDamage, AKilledSalvageNamesTheRunsThatItsEndLeavesBehind) {
  fill();
  {
    sqlite::Database made(fs::path(file()) += ".new", sqlite::Access::kCreate);
    ASSERT_TRUE(salvage_store(file(), made, {}));
    made.execute("DELETE FROM runs WHERE model = 'deep' AND seed > 0");  // as if they were not asked for
  }
  keep_damaged(file());
  fs::remove(ledger_file(file()));
  const RunStore store = continued();
  EXPECT_EQ(expect_only_true_runs(store), runs.size() - 2);
  EXPECT_THAT(store.damaged(),
              ElementsAre(EndsWith("it is kept as runs.sqlite.damaged-1; 2 finished runs that were not asked "
                                   "for stay only there")));
}

TEST_F(RunStoreDamage, ASalvageThatWasKilledBeforeTheDamagedFileWasKeptChangesNothing) {
  fill();
  write_file(fs::path(file()) += ".new", "the beginning of a store");
  EXPECT_EQ(expect_only_true_runs(continued()), runs.size());
  ASSERT_EQ(keep_damaged(file()).filename(), "runs.sqlite.damaged-1");
  const RunStore store = continued();
  EXPECT_EQ(expect_only_true_runs(store), runs.size()) << "an incomplete store replaces nothing";
  EXPECT_TRUE(store.damaged().empty());
}

// The files that a killed process leaves: the newest runs are only in the side file, SQLite's write-ahead
// log.
TEST_F(RunStoreDamage, ADamagedSideFileCostsItsLastRunsAndNothingElse_Seed3) {
  const auto [bytes, side_bytes] = killed_while_filling();
  ASSERT_FALSE(side_bytes.empty());
  EXPECT_EQ(expect_only_true_runs(continued()), runs.size());

  std::mt19937 random(3);
  for (int trial = 0; trial < 40; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial));
    std::string damaged = side_bytes;
    const std::size_t place = random() % damaged.size();
    if (trial % 2 == 0) {
      damaged.resize(place);
    } else {
      damaged[place] ^= 1 << random() % 8;
    }
    replace(bytes);
    write_file(fs::path(file()) += "-wal", damaged);
    RunStore store = continued();
    expect_only_true_runs(store);
    for (const RunRecord& run : runs) store.add(run);
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
  }
}

TEST_F(AGroupInTheLog, LosesAtMostTheRunThatAFlippedBitHits_Seed6) {
  put(files);
  ASSERT_EQ(RunStore::open(out()).runs().size(), 20u);
  expect_unchanged(files);
  std::mt19937 random(6);
  const std::size_t bytes = files["runs.sqlite-wal"].size();
  ASSERT_GT(bytes, 32u + 2 * kPage);
  for (int trial = 0; trial < 40; ++trial) {
    auto spoilt = files;
    const std::size_t place = 32 + random() % (bytes - 32);
    char& byte = spoilt["runs.sqlite-wal"][place];
    byte = static_cast<char>(byte ^ (1 << random() % 8));
    SCOPED_TRACE("byte " + std::to_string(place) + " of " + std::to_string(bytes));
    put(spoilt);
    {
      const RunStore reader = RunStore::open(out());
      EXPECT_GE(expect_only_true_runs(reader), 19u);
      EXPECT_EQ(reader.remarks().size(), 1u);
      EXPECT_LE(reader.missing().size(), 1u);
    }
    expect_unchanged(spoilt);
    {
      Experiment other = experiment;
      other.seed = 5;
      EXPECT_THAT(error_of(ExitCode::kUsage,
                           [&] { RunStore::create_or_continue(out(), other, sample_provenance()); }),
                  HasSubstr("holds another experiment"));
    }
    expect_unchanged(spoilt);
    EXPECT_THAT(error_of(ExitCode::kCorrupt, [&] { backup_store(out(), out() / "copy"); }),
                HasSubstr("runs.sqlite-wal is damaged"));
    fs::remove_all(out() / "copy");
    {
      const RunStore store = trial % 2 == 0 ? continued() : RunStore::repair(out());
      const std::size_t intact = expect_only_true_runs(store);
      EXPECT_GE(intact, 19u);
      EXPECT_EQ(store.damaged().size(), intact == 20 ? 1u : 2u) << "the log, and the run that was hit";
    }
    EXPECT_EQ(read_file(out() / "runs.sqlite.damaged-1-wal"), spoilt["runs.sqlite-wal"]);
    EXPECT_GE(expect_only_true_runs(RunStore::open(out())), 19u);
    if (HasFailure()) return;
  }
}

TEST_F(RunStoreDamage, AKilledWriterOfTheLedgerLeavesNothingForGood) {
  fill();
  const fs::path left = out() / "runs.sqlite-ledger.tmp999999999";  // larger than any process id
  write_file(left, "1 ");
  EXPECT_TRUE(continued().damaged().empty());
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(RunStoreDamage, LedgerLinesContinueTheirNumberingAfterARaisedExperiment) {
  fill();
  experiment.runs = 4;
  RunStore store = continued();
  change("DELETE FROM runs WHERE model = 'deep' AND seed = 2");
  store.complete_ledger();
  store.add(sample_runs(experiment, 4000).back());
  const std::string text = read_file(ledger_file(file()));
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  EXPECT_THAT(text.substr(last), ::testing::StartsWith(std::to_string(lines) + " "));
}

TEST_F(RunStoreDamage, AShortLockAfterAStopDropsNoRun) {
  std::stop_source stop;
  StoreOptions options;
  options.stop = stop.get_token();
  options.say = [](const std::string&) {};
  RunStore store = RunStore::create_or_continue(out(), experiment, sample_provenance(), options);
  stop.request_stop();
  sqlite::Database client(file(), sqlite::Access::kReadWrite);
  auto lock = std::make_unique<sqlite::Transaction>(client);
  std::jthread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    lock.reset();
  });
  store.add(runs[0]);
  EXPECT_TRUE(store.contains(runs[0].key));
}

}  // namespace
}  // namespace gpu_sweep::test
