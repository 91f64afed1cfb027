#include "engine/store/merge_stores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "engine/error.h"
#include "engine/store/missing_runs.h"
#include "engine/store/probabilities.h"
#include "engine/store/sqlite.h"
#include "tests/data/idx_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using test::expect_same_bits;
using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MergeStores : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return directory.path() / name; }
  fs::path out() const { return path("out"); }

  /// A store of shard `index` of three with the runs that stand at `places`.
  fs::path shard(int index, const std::vector<std::size_t>& places) {
    provenance.shard = Shard{index, 3};
    fs::path made = path("shard " + std::to_string(index));
    RunStore store = RunStore::create_or_continue(made, experiment, provenance);
    for (const std::size_t place : places) store.add(runs.at(place));
    store.add_wall_seconds(10);
    return made;
  }

  std::vector<fs::path> three_shards() { return {shard(1, {5, 0}), shard(2, {3, 1}), shard(3, {2, 4})}; }

  void expect_all_runs() {
    const std::vector<RunRecord> read = RunStore::open(out()).runs();
    ASSERT_EQ(read.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
  }

  std::string refusal(const std::vector<fs::path>& shards) {
    return test::error_of(ExitCode::kUsage, [&] { merge_stores(out(), shards); });
  }

  test::TemporaryDirectory directory;
  Experiment experiment = sample_experiment();
  Provenance provenance = sample_provenance();
  std::vector<RunRecord> runs = sample_runs(experiment);
};

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
  EXPECT_THAT(refusal({first, second}), AllOf(HasSubstr("different figures"), HasSubstr(first.string()),
                                              HasSubstr(second.string()), HasSubstr("seed 1")));
  EXPECT_FALSE(fs::exists(out()));
  merge_stores(out(), {first});
  EXPECT_THAT(refusal({second}), HasSubstr("different figures"));
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

/// Probabilities of a shard's runs, for two classes.
class MergeProbabilities : public MergeStores {
 protected:
  fs::path shard_with_probabilities(int index, const std::vector<std::size_t>& places) {
    const fs::path made = shard(index, places);
    for (const std::size_t place : places) {
      RunRecord run = runs[place];
      const std::size_t images = run.test_predictions.size();
      for (std::size_t i = 0; i < 2 * images; ++i) {
        run.test_probabilities.push_back(to_fp16(static_cast<float>(place + i)));
      }
      save_probabilities(made, run, std::vector<std::uint8_t>(images, 1));
    }
    return made;
  }

  std::string file(const fs::path& results, std::size_t place) {
    std::ifstream stream(probabilities_file(results, runs[place].key), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
};

TEST_F(MergeProbabilities, GoAlong) {
  const fs::path first = shard_with_probabilities(1, {0, 1}), second = shard_with_probabilities(2, {2});
  EXPECT_TRUE(merge_stores(out(), {first, second}).damaged.empty());
  EXPECT_EQ(file(out(), 0), file(first, 0));
  EXPECT_EQ(file(out(), 2), file(second, 2));
  ASSERT_NE(file(out(), 1), "");
  fs::resize_file(probabilities_file(out(), runs[1].key), 100);
  merge_stores(out(), {first});
  EXPECT_EQ(file(out(), 1), file(first, 1)) << "also for runs that are there already";
}

TEST_F(MergeProbabilities, DamagedOnesAreNamedAndLeftOut) {
  const fs::path first = shard_with_probabilities(1, {0, 1});
  const fs::path damaged = probabilities_file(first, runs[1].key);
  fs::resize_file(damaged, 100);
  const MergeOutcome outcome = merge_stores(out(), {first});
  EXPECT_EQ(outcome.added, 2);
  EXPECT_THAT(outcome.damaged, ElementsAre(HasSubstr(damaged.string())));
  EXPECT_EQ(file(out(), 0), file(first, 0));
  EXPECT_FALSE(fs::exists(probabilities_file(out(), runs[1].key)));
}

TEST_F(MergeProbabilities, NoRunIsAddedWithoutThem) {
  const fs::path first = shard_with_probabilities(1, {0, 1});
  fs::create_directory(out());
  std::ofstream(out() / "probabilities") << "a file in the folder's place";
  test::error_of(ExitCode::kOutput, [&] { merge_stores(out(), {first}); });
  EXPECT_EQ(RunStore::open(out()).runs().size(), 0u);
}

TEST_F(MergeStores, WhatIsNoStoreOrTheWholeItselfIsRefused) {
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
  const auto undisturbed =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);

  std::mt19937 random(1);
  std::uniform_int_distribution<std::int64_t> moment(0, undisturbed.count());
  int interrupted = 0;
  for (int i = 0; i < 12; ++i) {
    fs::remove_all(out());
    test::ChildProcess child([&] {
      merge_stores(out(), shards);
      return 0;
    });
    std::this_thread::sleep_for(std::chrono::microseconds(moment(random)));
    child.kill();
    const std::size_t there = fs::exists(out() / kStoreFile) ? RunStore::open(out()).runs().size() : 0;
    EXPECT_TRUE(there == 0 || there == runs.size()) << there;
    interrupted += there == 0 ? 1 : 0;
    EXPECT_EQ(merge_stores(out(), shards).added, static_cast<int>(runs.size() - there));
    expect_all_runs();
  }
  EXPECT_GT(interrupted, 0) << "no kill came early enough";
}

}  // namespace
}  // namespace gpu_sweep
