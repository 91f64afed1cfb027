// Store files that are not as they were written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>

#include "engine/error.h"
#include "engine/store/damaged_file.h"
#include "engine/store/run_store.h"
#include "engine/store/salvage.h"
#include "engine/store/sqlite.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using test::expect_same_bits;
using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kPage = 32768;

std::string read_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

class RunStoreDamage : public ::testing::Test {
 protected:
  RunStore continued() { return RunStore::create_or_continue(out(), experiment, sample_provenance()); }
  fs::path out() const { return directory.path(); }
  fs::path file() const { return out() / "runs.sqlite"; }

  void fill() {
    RunStore store = continued();
    for (const RunRecord& run : runs) store.add(run);
  }

  /// Puts `bytes` in the store's place, and nothing else beside it.
  void replace(const std::string& bytes) {
    for (const auto& entry : fs::directory_iterator(out())) fs::remove(entry.path());
    write_bytes(file(), bytes);
  }

  struct StoreBytes {
    std::string store, side;
  };

  /// Leaves the files of a process that was killed after the last run: the newest stand in the side file
  /// only.
  StoreBytes killed_while_filling() {
    StoreBytes left;
    {
      RunStore store = continued();
      for (const RunRecord& run : runs) store.add(run);
      left = {read_bytes(file()), read_bytes(fs::path(file()) += "-wal")};
    }
    replace(left.store);
    write_bytes(fs::path(file()) += "-wal", left.side);
    return left;
  }

  void change(const std::string& sql) { sqlite::Database(file(), sqlite::Access::kReadWrite).execute(sql); }

  /// Every run that is read is one of `runs`, to the bit; how many there are.
  std::size_t expect_only_true_runs(const RunStore& store) {
    const std::vector<RunRecord> read = store.runs();
    for (const RunRecord& run : read) {
      const auto original = std::find_if(runs.begin(), runs.end(), [&](const RunRecord& candidate) {
        return candidate.model == run.model && candidate.seed == run.seed;
      });
      if (original == runs.end()) {
        ADD_FAILURE() << "a run that was never stored: " << run.model << ", seed " << run.seed;
      } else {
        expect_same_bits(*original, run);
      }
    }
    return read.size();
  }

  void expect_corrupt(const std::string& message) {
    for (const bool to_write : {false, true}) {
      try {
        const RunStore store = to_write ? continued() : RunStore::open(out());
        ADD_FAILURE() << "opened " << (to_write ? "for writing" : "for reading");
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::kCorrupt) << error.what();
        EXPECT_THAT(error.what(), HasSubstr(message));
        EXPECT_THAT(error.what(), HasSubstr(file().string()));
      }
    }
  }

  void expect_reading_refused() {
    try {
      RunStore::open(out());
      ADD_FAILURE() << "opened for reading";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kCorrupt) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(file().string()));
    }
  }

  /// Continues where that can be done, with nothing but true runs, and trains the rest. Where it cannot, the
  /// file stays as it is. How many runs were read out of the damaged file; nothing where it was refused.
  std::optional<std::size_t> expect_salvaged_or_refused(const std::string& damaged_bytes) {
    try {
      RunStore store = continued();
      EXPECT_FALSE(store.damaged().empty());
      EXPECT_EQ(read_bytes(out() / "runs.sqlite.damaged-1"), damaged_bytes);
      const std::size_t salvaged = expect_only_true_runs(store);
      for (const RunRecord& run : runs) store.add(run);
      EXPECT_EQ(expect_only_true_runs(store), runs.size());
      return salvaged;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kCorrupt) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(file().string()));
      EXPECT_EQ(read_bytes(file()), damaged_bytes);
      return std::nullopt;
    }
  }

  test::TemporaryDirectory directory;
  Experiment experiment = sample_experiment();
  std::vector<RunRecord> runs = sample_runs(experiment, 4000);
};

TEST_F(RunStoreDamage, ADamagedRunIsNamedSetAsideAndTrainedAgain) {
  fill();
  change("UPDATE runs SET final = zeroblob(48) WHERE model = 'deep' AND seed = 1");
  {
    RunStore store = continued();
    EXPECT_THAT(store.damaged(), ElementsAre("run of \"deep\", seed 1"));
    EXPECT_FALSE(store.contains("key-deep-1"));
    EXPECT_TRUE(store.contains("key-deep-0"));
    EXPECT_EQ(expect_only_true_runs(store), 5u);
    store.add(runs[4]);
    EXPECT_EQ(expect_only_true_runs(store), 6u);
  }
  EXPECT_TRUE(continued().damaged().empty());
  sqlite::Database database(file(), sqlite::Access::kRead);
  EXPECT_EQ(database.integer("SELECT count(*) FROM damaged_runs WHERE model = 'deep' AND seed = 1"), 1);
}

TEST_F(RunStoreDamage, ADamagedRunIsNotReadSilently) {
  fill();
  change("UPDATE runs SET seed = 7 WHERE model = 'wide' AND seed = 2");
  const RunStore store = RunStore::open(out());
  EXPECT_THAT(store.damaged(), ElementsAre("run of \"wide\", seed 7"));
  try {
    store.runs();
    FAIL() << "read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr("run of \"wide\", seed 7"));
  }
}

TEST_F(RunStoreDamage, ADamagedExperimentIsRefused) {
  fill();
  change("UPDATE study SET value = replace(value, '0.2', '0.3') WHERE name = 'experiment'");
  expect_corrupt("its experiment does not match its checksum");
}

TEST_F(RunStoreDamage, AMissingProvenanceIsRefused) {
  fill();
  change("DELETE FROM study WHERE name = 'provenance'");
  expect_corrupt("its provenance is missing");
}

TEST_F(RunStoreDamage, WhatIsNoDatabaseIsRefusedAndStaysAsItIs) {
  const std::string text = "my diary, which happens to have this name. " + std::string(5000, 'x');
  write_bytes(file(), text);
  expect_corrupt("not a database");
  EXPECT_EQ(read_bytes(file()), text);
}

TEST_F(RunStoreDamage, AnEmptyFileIsRefused) {
  write_bytes(file(), "");
  expect_corrupt("not a run store");
}

TEST_F(RunStoreDamage, AnotherProgramsDatabaseIsRefused) {
  sqlite::Database(file(), sqlite::Access::kCreate).execute("CREATE TABLE t (x)");
  expect_corrupt("not a run store");
}

TEST_F(RunStoreDamage, ANewerStoreIsRefused) {
  fill();
  change("PRAGMA user_version = 1000");
  try {
    RunStore::open(out());
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("version 1000"));
  }
}

TEST_F(RunStoreDamage, ACutFileIsNeverReadAndCostsOnlyWhatIsMissing_Seed1) {
  experiment.runs = 12;
  runs = sample_runs(experiment, 4000);
  fill();
  const std::string bytes = read_bytes(file());
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

// Every flipped byte is either harmless, or makes the file unreadable, or costs runs that are told of: no run
// is ever read that differs from what was stored, and none disappears without a word.
TEST_F(RunStoreDamage, FlippedBytesAreNeverSilentlyUsed_Seed2) {
  fill();
  const std::string bytes = read_bytes(file());
  std::mt19937 random(2);
  int refused = 0, salvaged = 0, named = 0, harmless = 0;
  for (int trial = 0; trial < 120; ++trial) {
    std::string damaged = bytes;
    // Every third trial hits the first bytes of a page, where the structure stands.
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
  // The trials met every outcome.
  EXPECT_GT(refused, 0);
  EXPECT_GT(salvaged, 0);
  EXPECT_GT(named, 0);
  EXPECT_GT(harmless, 0);
}

TEST_F(RunStoreDamage, AChangedExperimentIsRefusedBeforeADamagedFileIsReplaced) {
  fill();
  std::string bytes = read_bytes(file());
  bytes.resize(bytes.size() - 1);
  replace(bytes);
  experiment.seed = 5;
  try {
    continued();
    FAIL() << "continued";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("runs.sqlite holds another experiment: seed: 0 -> 5"));
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(out())) names.push_back(entry.path().filename());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("lock", "runs.sqlite"));
  EXPECT_EQ(read_bytes(file()), bytes);
}

// Killed between keeping the damaged file, whose log goes along, and putting the salvaged store in its place.
TEST_F(RunStoreDamage, ASalvageThatWasKilledBeforeItsEndIsFinished) {
  const auto [bytes, side_bytes] = killed_while_filling();
  ASSERT_EQ(salvage_store(file(), fs::path(file()) += ".new"), static_cast<int>(runs.size()));
  ASSERT_EQ(keep_damaged(file()).filename(), "runs.sqlite.damaged-1");
  EXPECT_EQ(RunStore::open(out()).runs().size(), 0u) << "the runs must stand in the log alone";
  {
    const RunStore store = continued();
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
    EXPECT_THAT(store.damaged(), ElementsAre(HasSubstr("it is kept as runs.sqlite.damaged-1")));
  }
  EXPECT_FALSE(fs::exists(fs::path(file()) += ".new"));
  EXPECT_EQ(read_bytes(out() / "runs.sqlite.damaged-1"), bytes);
  EXPECT_EQ(read_bytes(out() / "runs.sqlite.damaged-1-wal"), side_bytes);
  EXPECT_TRUE(continued().damaged().empty());
}

TEST_F(RunStoreDamage, ASalvageThatWasKilledBeforeTheDamagedFileWasKeptChangesNothing) {
  fill();
  write_bytes(fs::path(file()) += ".new", "the beginning of a store");
  EXPECT_EQ(expect_only_true_runs(continued()), runs.size());
  ASSERT_EQ(keep_damaged(file()).filename(), "runs.sqlite.damaged-1");
  const RunStore store = continued();
  EXPECT_EQ(expect_only_true_runs(store), runs.size()) << "what is not complete takes no place";
  EXPECT_TRUE(store.damaged().empty());
}

// What a killed process leaves: the newest runs stand in the side file only.
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
    write_bytes(fs::path(file()) += "-wal", damaged);
    RunStore store = continued();
    expect_only_true_runs(store);
    for (const RunRecord& run : runs) store.add(run);
    EXPECT_EQ(expect_only_true_runs(store), runs.size());
  }
}

}  // namespace
}  // namespace gpu_sweep
