// Damaged stores, and checks of what is recovered from them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/database/sqlite.h"
#include "gpu_sweep/run_store.h"
#include "tests/support/error_of.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/files.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {

class RunStoreDamage : public ::testing::Test {
 protected:
  RunStore continued() { return RunStore::create_or_continue(out(), experiment, sample_provenance()); }
  std::filesystem::path out() const { return directory.path(); }
  std::filesystem::path file() const { return out() / "runs.sqlite"; }

  void fill() {
    RunStore store = continued();
    for (const RunRecord& run : runs) store.add(run);
  }

  /// Replaces the store by `bytes`, and removes everything beside it.
  void replace(const std::string& bytes) {
    for (const auto& entry : std::filesystem::directory_iterator(out()))
      std::filesystem::remove(entry.path());
    write_file(file(), bytes);
  }

  struct StoreBytes {
    std::string store, side;
  };

  /// Leaves the store and the side file (SQLite's write-ahead log) of a process that was killed after it had
  /// added the last run, and returns their contents. The newest runs are only in the side file.
  StoreBytes killed_while_filling() {
    StoreBytes left;
    {
      RunStore store = continued();
      for (const RunRecord& run : runs) store.add(run);
      left = {read_file(file()), read_file(std::filesystem::path(file()) += "-wal")};
    }
    replace(left.store);
    write_file(std::filesystem::path(file()) += "-wal", left.side);
    return left;
  }

  void change(const std::string& sql) { sqlite::Database(file(), sqlite::Access::kReadWrite).execute(sql); }

  /// Expects every run read to be one of `runs`, bit for bit. Returns how many were read.
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
      SCOPED_TRACE(to_write ? "for writing" : "for reading");
      const auto open = [&] { return to_write ? continued() : RunStore::open(out()); };
      EXPECT_THAT(error_of(ExitCode::kCorrupt, open),
                  ::testing::AllOf(::testing::HasSubstr(message), ::testing::HasSubstr(file().string())));
    }
  }

  void expect_reading_refused() {
    EXPECT_THAT(error_of(ExitCode::kCorrupt, [this] { RunStore::open(out()); }),
                ::testing::HasSubstr(file().string()));
  }

  /// Continues the damaged store if that is possible, expects every run read to be intact, and adds the
  /// missing ones. If the store is refused, expects the file to be unchanged. Returns the number of runs
  /// read, or nothing if the store was refused.
  std::optional<std::size_t> expect_salvaged_or_refused(const std::string& damaged_bytes) {
    try {
      RunStore store = continued();
      EXPECT_FALSE(store.damaged().empty());
      EXPECT_EQ(read_file(out() / "runs.sqlite.damaged-1"), damaged_bytes);
      const std::size_t salvaged = expect_only_true_runs(store);
      for (const RunRecord& run : runs) store.add(run);
      EXPECT_EQ(expect_only_true_runs(store), runs.size());
      return salvaged;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kCorrupt) << error.what();
      EXPECT_THAT(error.what(), ::testing::HasSubstr(file().string()));
      EXPECT_EQ(read_file(file()), damaged_bytes);
      return std::nullopt;
    }
  }

  TemporaryDirectory directory;
  Experiment experiment = sample_experiment();
  std::vector<RunRecord> runs = sample_runs(experiment, 4000);
};

}  // namespace gpu_sweep::test
