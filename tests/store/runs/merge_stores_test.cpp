#include "engine/store/runs/merge_stores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "engine/store/database/sqlite.h"
#include "engine/store/runs/missing_runs.h"
#include "tests/store/runs/sample_shards.h"
#include "tests/support/child_process.h"
#include "tests/support/files.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using MergeStores = test::SampleShards;

TEST_F(MergeStores, MakesTheWholeOfItsShards) {
  const MergeOutcome outcome = merge_stores(out(), three_shards());
  EXPECT_EQ(outcome.added, 6);
  EXPECT_EQ(outcome.present, 0);
  EXPECT_TRUE(outcome.damaged.empty());
  expect_all_runs();
  const StoredExperiment stored = RunStore::open(out()).stored();
  EXPECT_FALSE(stored.provenance.shard);
  EXPECT_EQ(stored.wall_seconds, 30);
}

TEST_F(MergeStores, TakesTheLabelsOfAnyShard) {
  std::vector<std::filesystem::path> shards = {shard(1, {5, 0})};
  provenance.test_labels = {0, 1, 2};
  shards.push_back(shard(2, {3, 1}));
  merge_stores(out(), shards);
  EXPECT_EQ(RunStore::open(out()).stored().provenance.test_labels, provenance.test_labels);
  provenance.test_labels = {0, 1, 1};
  EXPECT_THAT(refusal({shards[1], shard(3, {2, 4})}), testing::HasSubstr("test_labels"));
}

TEST_F(MergeStores, ObjectivesOfSomeRunsAreKept) {
  for (const std::size_t run : {0U, 3U, 4U}) test::add_objective(runs[run]);
  merge_stores(out(), three_shards());
  expect_all_runs();
}

/// Two versions of the program may have trained the same run. That the older one recorded no objective does
/// not make it a different run.
TEST_F(MergeStores, ARunOfAnOlderVersionIsTheSameRun) {
  const std::filesystem::path older = shard(1, {0, 1, 2, 3, 4, 5});
  const std::vector<RunRecord> plain = runs;
  for (RunRecord& run : runs) test::add_objective(run);
  const std::filesystem::path newer = shard(2, {0, 3});
  runs = plain;
  EXPECT_EQ(merge_stores(out(), {older, newer}).present, 2);
  expect_all_runs();
}

TEST_F(MergeStores, TheMergeOfOtherNumericsKeepsThem) {
  provenance.numerics_version = kNumericsVersion + 1;
  EXPECT_EQ(merge_stores(out(), three_shards()).added, 6);
  expect_all_runs();
  EXPECT_EQ(RunStore::open(out()).stored().provenance.numerics_version, kNumericsVersion + 1);
  EXPECT_EQ(merge_stores(out(), {path("shard 1")}).present, 2);
  provenance.numerics_version = kNumericsVersion;
  EXPECT_THAT(refusal({path("shard 1"), shard(4, {0})}), HasSubstr("numerics_version: 2 -> 1"));
}

TEST_F(MergeStores, DoneAgainItAddsNothing) {
  const std::vector<fs::path> shards = three_shards();
  merge_stores(out(), shards);
  const MergeOutcome again = merge_stores(out(), {shards[2], shards[0], shards[1]});
  EXPECT_EQ(again.added, 0);
  EXPECT_EQ(again.present, 6);
  expect_all_runs();
  EXPECT_EQ(RunStore::open(out()).stored().wall_seconds, 30);
}

TEST_F(MergeStores, ShardsMayOverlapAndComeLater) {
  EXPECT_EQ(merge_stores(out(), {shard(1, {0, 1, 2})}).added, 3);
  runs[1].train_seconds += 1;  // the same run trained a second time
  const MergeOutcome outcome = merge_stores(out(), {shard(2, {1, 3, 4, 5}), path("shard 1")});
  EXPECT_EQ(outcome.added, 3);
  EXPECT_EQ(outcome.present, 4);
  runs[1].train_seconds -= 1;
  expect_all_runs();
}

TEST_F(MergeStores, DifferentFiguresOfOneRunAreRefusedAndChangeNothing) {
  const fs::path first = shard(1, {0, 1});
  runs[1].history[2].val_loss += 1e-15;
  const fs::path second = shard(2, {1, 2});
  EXPECT_THAT(refusal({first, second}), AllOf(HasSubstr("different results"), HasSubstr(first.string()),
                                              HasSubstr(second.string()), HasSubstr("seed 1")));
  EXPECT_FALSE(fs::exists(out()));
  merge_stores(out(), {first});
  EXPECT_THAT(refusal({second}), HasSubstr("different results"));
  EXPECT_EQ(RunStore::open(out()).runs().size(), 2u);
}

TEST_F(MergeStores, AnotherExperimentIsRefusedWithTheDifference) {
  const fs::path first = shard(1, {0});
  const auto refused = [&](auto change) {
    experiment = sample_experiment();
    provenance = sample_provenance();
    fs::remove_all(path("shard 2"));
    change();
    const fs::path second = shard(2, {});
    std::string message = refusal({first, second});
    EXPECT_THAT(message, HasSubstr(second.string()));
    EXPECT_EQ(message.find('\n'), std::string::npos);
    return message;
  };
  EXPECT_THAT(refused([&] { experiment.seed = 7; }), HasSubstr("seed: 0 -> 7"));
  EXPECT_THAT(refused([&] { experiment.models[1].epochs = 9; }), HasSubstr("epochs: 3 -> 9"));
  EXPECT_THAT(refused([&] { experiment.runs = 2; }), HasSubstr("runs: 3 -> 2"));
  EXPECT_THAT(refused([&] { experiment.runs = 4; }), HasSubstr("runs: 4 -> 3"));
  EXPECT_THAT(refused([&] { provenance.precision = Precision::kBf16; }), HasSubstr("precision"));
  EXPECT_THAT(refused([&] { provenance.device_kind = "cuda"; }), HasSubstr("device_kind"));
  EXPECT_THAT(refused([&] { provenance.data_sha256[0] = "x"; }), HasSubstr("train_images: \"aa\" -> \"x\""));
  EXPECT_THAT(refused([&] { provenance.numerics = "library 2"; }), HasSubstr("numerics"));
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(MergeStores, AnotherExperimentInThePlaceOfTheWholeIsRefused) {
  experiment.seed = 99;
  RunStore::create_or_continue(out(), experiment, sample_provenance());
  experiment.seed = 0;
  EXPECT_THAT(refusal({shard(1, {0})}), HasSubstr("seed: 99 -> 0"));
  fs::remove_all(out());
  provenance.shard = Shard{2, 3};
  RunStore::create_or_continue(out(), experiment, provenance);
  EXPECT_THAT(refusal({path("shard 1")}), HasSubstr("shard: \"2 of 3\""));
}

TEST_F(MergeStores, BoughtSeedsAndAFixedNumberOfRunsAreRefused) {
  const fs::path fixed = shard(1, {0});
  experiment.analysis.until_decided = true;
  const fs::path bought = shard(2, {1});
  const auto expected = AllOf(HasSubstr("the seeds of " + bought.string() + " were bought until decided"),
                              HasSubstr("number of runs of " + fixed.string() + " was fixed beforehand"));
  EXPECT_THAT(refusal({fixed, bought}), expected);
  EXPECT_THAT(refusal({bought, fixed}), expected);
  EXPECT_FALSE(fs::exists(out()));
  merge_stores(out(), {bought});
  EXPECT_THAT(refusal({fixed}), HasSubstr("the seeds of " + out().string() + " were bought"));
  EXPECT_TRUE(RunStore::open(out()).stored().experiment.analysis.until_decided);
  fs::remove_all(out());
  merge_stores(out(), {fixed});
  EXPECT_THAT(refusal({bought}), HasSubstr("runs of " + out().string() + " was fixed beforehand"));
  EXPECT_FALSE(RunStore::open(out()).stored().experiment.analysis.until_decided);
}

TEST_F(MergeStores, LooksOfTheShardsAndOfTheWholeAreKept) {
  experiment.runs = 3;
  merge_stores(out(), three_shards());
  experiment.runs = 4;
  runs = sample_runs(experiment);
  for (const char* name : {"shard 1", "shard 2", "shard 3"}) fs::remove_all(path(name));
  experiment.analysis.looks = {2};
  const fs::path raised = shard(1, {0, 1, 2, 3, 4, 5, 6, 7});
  const auto could_tell = [](const Experiment&) { return true; };
  EXPECT_EQ(merge_stores(out(), {raised}, could_tell).added, 2);
  EXPECT_THAT(RunStore::open(out()).stored().experiment.analysis.looks, ElementsAre(2, 3));
  merge_stores(out(), {raised}, could_tell);
  EXPECT_THAT(RunStore::open(out()).stored().experiment.analysis.looks, ElementsAre(2, 3)) << "again";
}

TEST_F(MergeStores, ALimitThatShardsDoNotShareWasStatedAfterTheRuns) {
  experiment.analysis.smallest_difference = 0.1;
  const fs::path first = shard(1, {0});
  experiment.analysis.smallest_difference = 0.2;
  const fs::path second = shard(2, {1});
  const MergeOutcome outcome = merge_stores(out(), {first, second});
  EXPECT_THAT(outcome.remarks, ElementsAre(HasSubstr("smallest_difference: found 0.1 in ")));
  const AnalysisSettings merged = RunStore::open(out()).stored().experiment.analysis;
  EXPECT_EQ(merged.smallest_difference, 0.1);
  EXPECT_TRUE(merged.stated_after_runs);
}

TEST_F(MergeStores, DamagedRunsAreNamedAndLeftOut) {
  const fs::path first = shard(1, {0, 1});
  sqlite::Database(first / kStoreFile, sqlite::Access::kReadWrite)
      .execute("UPDATE runs SET final = zeroblob(48) WHERE number = 2");
  const MergeOutcome outcome = merge_stores(out(), {first, shard(2, {2})});
  EXPECT_EQ(outcome.added, 2);
  EXPECT_THAT(outcome.damaged, ElementsAre(first.string() + ": run of \"wide\", seed 1"));
  const MissingRuns missing = missing_runs(experiment, RunStore::open(out()).runs());
  EXPECT_EQ(missing.count, 4);
  EXPECT_THAT(missing.names, ElementsAre("'wide': seed 1", "'deep': seeds 0 to 2"));
}

/// Opening a damaged store also reads the bytes of its file directly. Closing the file afterwards would
/// release the POSIX locks that the first reader of the same store in this process holds.
TEST_F(MergeStores, AShardGivenTwiceIsReadOnce) {
  const fs::path given = shard(1, {5, 0});
  fs::create_directory_symlink(given, path("linked"));
  sqlite::Database(given / "runs.sqlite", sqlite::Access::kReadWrite)
      .execute("UPDATE runs SET final = zeroblob(48) WHERE number = 1");
  const MergeOutcome outcome = merge_stores(out(), {given, given, path("linked"), given / "."});
  EXPECT_EQ(outcome.added, 1);
  EXPECT_EQ(outcome.present, 0);
  EXPECT_EQ(outcome.damaged_runs, 1);
  EXPECT_EQ(outcome.damaged.size(), 1U);
}

TEST_F(MergeStores, TheMergedLedgerNamesWhatShardsHaveLost) {
  const fs::path first = shard(1, {0, 1}), second = shard(2, {2, 3});
  const auto change = [](const fs::path& store, const std::string& sql) {
    sqlite::Database(store / kStoreFile, sqlite::Access::kReadWrite).execute(sql);
  };
  change(first, "UPDATE runs SET final = zeroblob(48) WHERE number = 2");
  change(second, "DELETE FROM runs WHERE number = 2");
  const MergeOutcome outcome = merge_stores(out(), {first, second});
  EXPECT_EQ(outcome.damaged_runs, 1);
  EXPECT_THAT(outcome.damaged, ElementsAre(first.string() + ": run of \"wide\", seed 1"));
  EXPECT_THAT(RunStore::open(out()).missing(),
              ElementsAre(HasSubstr("'deep': seed 0: finished"), HasSubstr("'wide': seed 1: finished")));
  EXPECT_THAT(merge_stores(out(), {shard(3, {1, 3, 4, 5}), first, second}).damaged,
              ElementsAre(first.string() + ": run of \"wide\", seed 1"))
      << "what another shard supplied is not named as lost";
  EXPECT_TRUE(RunStore::open(out()).missing().empty());
  EXPECT_TRUE(RunStore::open(out()).replaced().empty());
  expect_all_runs();
}

TEST_F(MergeStores, ADamagedLedgerOfAShardIsNamed) {
  const fs::path first = shard(1, {0, 1}), ledger = first / "runs.sqlite-ledger";
  std::string bytes = test::read_file(ledger);
  bytes[bytes.size() - 10] ^= 1;
  test::write_file(ledger, bytes);
  EXPECT_THAT(merge_stores(out(), {first}).remarks, ElementsAre(HasSubstr(ledger.string() + " is damaged")));
}

TEST_F(MergeStores, AShardWhoseLogHidesARunIsRefused) {
  const fs::path first = shard(1, {0}), file = first / kStoreFile, log = first / "runs.sqlite-wal";
  std::string store_bytes, log_bytes;
  // Again if a commit emptied the log (after one second).
  for (int tries = 0; tries < 20 && log_bytes.empty(); ++tries) {
    fs::remove_all(first);
    RunStore store = RunStore::create_or_continue(first, experiment, provenance);
    for (const RunRecord& run : runs) store.add(run);
    store_bytes = test::read_file(file);
    log_bytes = test::read_file(log);
  }
  constexpr std::size_t kFrame = 24 + 32768, kChecksum = 16;
  ASSERT_GT(log_bytes.size(), kFrame);
  // As after a power cut, except that the ledger names the run.
  log_bytes[log_bytes.size() - kFrame + kChecksum] ^= 1;
  test::write_file(file, store_bytes);
  test::write_file(log, log_bytes);
  EXPECT_THAT(test::error_of(ExitCode::kCorrupt, [&] { merge_stores(out(), {first}); }),
              HasSubstr("runs.sqlite-wal is damaged: SQLite drops a transaction that was durable"));
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(MergeStores, FoldersWithoutAStoreAndTheTargetItselfAreRefused) {
  EXPECT_THAT(refusal({}), HasSubstr("nothing to merge"));
  EXPECT_THAT(refusal({path("nowhere")}), HasSubstr("holds no results"));
  merge_stores(out(), {shard(1, {0})});
  EXPECT_THAT(refusal({out()}), HasSubstr("into itself"));
}

TEST_F(MergeStores, KilledAtAnyMomentItHasDoneAllOrNothing) {
  experiment.runs = 150;
  runs = sample_runs(experiment);
  std::vector<std::vector<std::size_t>> places(3);
  for (std::size_t i = 0; i < runs.size(); ++i) places[i % 3].push_back(i);
  std::vector<fs::path> shards;
  for (int i = 0; i < 3; ++i) shards.push_back(shard(i + 1, places[static_cast<std::size_t>(i)]));
  const auto start = std::chrono::steady_clock::now();
  merge_stores(out(), shards);
  std::chrono::duration<double> latest = std::chrono::steady_clock::now() - start;

  std::mt19937 random(1);
  std::uniform_real_distribution<double> share;
  int interrupted = 0;
  for (int i = 0; i < 12; ++i) {
    fs::remove_all(out());
    test::ChildProcess child([&] {
      merge_stores(out(), shards);
      return 0;
    });
    std::this_thread::sleep_for(share(random) * latest);
    child.kill();
    const std::size_t there = fs::exists(out() / kStoreFile) ? RunStore::open(out()).runs().size() : 0;
    EXPECT_TRUE(there == 0 || there == runs.size()) << there;
    interrupted += there == 0 ? 1 : 0;
    latest *= there == 0 ? 1.5 : 0.67;  // adapts to the machine's speed: some kills come early, some late
    EXPECT_EQ(merge_stores(out(), shards).added, static_cast<int>(runs.size() - there));
    expect_all_runs();
  }
  EXPECT_GT(interrupted, 0) << "no kill came early enough";
}

}  // namespace
}  // namespace gpu_sweep
