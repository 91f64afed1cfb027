// A merge copies the class probabilities of the merged runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "engine/store/database/sqlite.h"
#include "engine/store/runs/probabilities.h"
#include "tests/store/runs/sample_shards.h"
#include "tests/support/child_process.h"
#include "tests/support/files.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Shards whose runs have probabilities of two classes.
class MergeProbabilities : public test::SampleShards {
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
    return test::read_file(probabilities_file(results, runs[place].key));
  }
};

TEST_F(MergeProbabilities, AreCopied) {
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

TEST_F(MergeProbabilities, ThatCannotBeReadAreNamedAndCopiedByTheNextMerge) {
  const fs::path first = shard_with_probabilities(1, {0, 1});
  const fs::path unread = probabilities_file(first, runs[1].key), away = first / "away";
  fs::rename(unread, away);
  fs::create_directory(unread);
  const MergeOutcome outcome = merge_stores(out(), {first});
  EXPECT_EQ(outcome.added, 2);
  EXPECT_THAT(outcome.damaged, ElementsAre());
  EXPECT_THAT(outcome.unread, ElementsAre("cannot read " + unread.string() + ": not a regular file"));
  EXPECT_EQ(file(out(), 0), file(first, 0));
  fs::remove(unread);
  fs::rename(away, unread);
  EXPECT_THAT(merge_stores(out(), {first}).unread, ElementsAre());
  EXPECT_EQ(file(out(), 1), file(first, 1));
}

TEST_F(MergeProbabilities, NoRunIsAddedWithoutThem) {
  const fs::path first = shard_with_probabilities(1, {0, 1});
  fs::create_directory(out());
  test::write_file(out() / "probabilities", "a file in the folder's place");
  test::error_of(ExitCode::kOutput, [&] { merge_stores(out(), {first}); });
  EXPECT_EQ(RunStore::open(out()).runs().size(), 0u);
}

TEST_F(MergeProbabilities, CopiedByAMergeThatFailedAreUsedByTheNext) {
  const fs::path first = shard_with_probabilities(1, {0, 1}), second = shard_with_probabilities(2, {2});
  const fs::path temporary = (probabilities_file(out(), runs[2].key) += ".tmp") += std::to_string(::getpid());
  fs::create_directories(temporary);  // the last copy fails
  test::error_of(ExitCode::kOutput, [&] { merge_stores(out(), {first, second}); });
  EXPECT_EQ(RunStore::open(out()).runs().size(), 0u);
  fs::remove(temporary);
  const auto written = fs::last_write_time(probabilities_file(out(), runs[0].key));
  EXPECT_EQ(merge_stores(out(), {first, second}).added, 3);
  EXPECT_EQ(fs::last_write_time(probabilities_file(out(), runs[0].key)), written);
}

/// Returns whether another process could write to the store of `directory` now.
bool can_be_written(const fs::path& directory) {
  sqlite::Database database(directory / kStoreFile, sqlite::Access::kReadWrite);
  try {
    sqlite::Transaction transaction(database);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Copying can take long, so other processes must be able to write to the store meanwhile.
TEST_F(MergeProbabilities, KilledAtAnyMomentItHasAddedNoRunWithoutThem) {
  experiment.runs = 15;
  runs = test::sample_runs(experiment);
  std::vector<std::size_t> places(runs.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  const fs::path first = shard_with_probabilities(1, places);
  const auto copied = [&] {
    return static_cast<std::size_t>(std::ranges::count_if(
        runs, [&](const RunRecord& run) { return fs::exists(probabilities_file(out(), run.key)); }));
  };
  int caught_copying = 0;
  for (std::size_t wanted = 0; wanted <= runs.size(); wanted += 5) {
    fs::remove_all(out());
    test::ChildProcess child([&] {
      merge_stores(out(), {first});
      return 0;
    });
    while (copied() < wanted) std::this_thread::sleep_for(std::chrono::microseconds(100));
    ::kill(child.pid(), SIGSTOP);
    ::waitpid(child.pid(), nullptr, WUNTRACED);
    if (copied() > 0 && copied() < runs.size()) {
      ++caught_copying;
      EXPECT_TRUE(can_be_written(out()));
    }
    child.kill();
    const std::size_t there = fs::exists(out() / kStoreFile) ? RunStore::open(out()).runs().size() : 0;
    EXPECT_TRUE(there == 0 || (there == runs.size() && copied() == runs.size())) << there;
    EXPECT_EQ(merge_stores(out(), {first}).added, static_cast<int>(runs.size() - there));
    for (const std::size_t place : places) EXPECT_EQ(file(out(), place), file(first, place));
  }
  EXPECT_GT(caught_copying, 0);
}

}  // namespace
}  // namespace gpu_sweep
