// Read-only folders and full disks.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <set>
#include <span>
#include <string>

#include "engine/report/export/summary_json.h"
#include "engine/store/database/ledger.h"
#include "engine/store/database/sqlite.h"
#include "gpu_sweep/error.h"
#include "tests/store/runs/run_store_faults_fixture.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

/// Returns the exit code of the Error that `body` throws, or 0 if it throws none.
int code_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}

/// Drops root's right to write anywhere. Only for a child process.
void become_nobody() {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(97);
}

TEST_F(RunStoreFaults, ADirectoryThatCannotBeWrittenIsAnOutputError) {
  fs::create_directory(out);
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(out.c_str(), 0555);
  ChildProcess in_it([&] {
    become_nobody();
    return code_of([&] { continued(); });
  });
  EXPECT_EQ(in_it.wait(), static_cast<int>(ExitCode::kOutput));
  EXPECT_TRUE(fs::is_empty(out));

  out /= "below";
  ChildProcess below_it([&] {
    become_nobody();
    return code_of([&] { continued(); });
  });
  EXPECT_EQ(below_it.wait(), static_cast<int>(ExitCode::kOutput));
  EXPECT_FALSE(fs::exists(out));
}

TEST_F(RunStoreFaults, ResultsInADirectoryThatCannotBeWrittenAreRead) {
  {
    RunStore store = continued();
    for (const RunRecord& run : runs) store.add(run);
  }
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(out.c_str(), 0555);
  ChildProcess reader([&] {
    become_nobody();
    return RunStore::open(out).runs().size() == runs.size() ? 0 : 1;
  });
  EXPECT_EQ(reader.wait(), 0);
}

TEST_F(RunStoreFaults, AFileInTheDirectorysPlaceIsAnOutputError) {
  write_file(out, "a file");
  EXPECT_EQ(code_of([&] { continued(); }), static_cast<int>(ExitCode::kOutput));
}

TEST_F(RunStoreFaults, AFullDiskLosesNothingAndTheSameStoreContinuesWithMoreSpace) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  on_small_disk("size=2048k", [&] {
    const fs::path ballast = directory.path() / "ballast";
    write_file(ballast, std::string(512 * 1024, 'x'));
    std::size_t reported = 0;
    const int code = code_of([&] {
      RunStore store = continued();
      for (const RunRecord& run : runs) {
        store.add(run);
        ++reported;
      }
    });
    EXPECT_EQ(code, static_cast<int>(ExitCode::kOutput));
    EXPECT_GT(reported, 0u);
    // There is no room for a summary either, and the failed write leaves nothing half-written behind.
    write_file(directory / "rest", std::string(2 << 20, 'x'));
    const StoredExperiment stored = {experiment, sample_provenance(), 0};
    EXPECT_EQ(code_of([&] { write_summary(out, analyse(stored, runs, nullptr)); }),
              static_cast<int>(ExitCode::kOutput));
    for (const auto& entry : fs::directory_iterator(out)) {
      EXPECT_EQ(entry.path().filename().string().find("summary"), std::string::npos) << entry.path();
    }
    fs::remove(ballast);
    fs::remove(directory.path() / "rest");
    RunStore store = continued();
    // The run whose `add` failed may be stored, but it was not reported, since its line in the ledger was not
    // written.
    EXPECT_GE(store.runs().size(), reported);
    EXPECT_LE(store.runs().size(), reported + 1);
    for (std::size_t i = 0; i < reported; ++i) expect_same_bits(runs[i], store.runs().at(i));
    EXPECT_TRUE(store.missing().empty());
    store.add(runs[reported]);
    EXPECT_EQ(store.runs().size(), reported + 1);
    return 0;
  });
}

TEST_F(RunStoreFaults, OfRunsAddedTogetherAFullDiskKeepsNone) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  on_small_disk("size=2048k", [&] {
    RunStore store = continued();
    store.add(std::span(runs).first(10));
    EXPECT_EQ(code_of([&] { store.add(runs); }), static_cast<int>(ExitCode::kOutput));
    EXPECT_FALSE(store.contains(runs[10].key));
    EXPECT_EQ(store.runs().size(), 10U);
    store.add(std::span(runs).first(20));
    EXPECT_EQ(store.runs().size(), 20U);
    return 0;
  });
}

TEST_F(RunStoreFaults, AnAddThatFindsTheDiskFullCanBeRepeated) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  on_small_disk("size=2048k", [&] {
    const fs::path ballast = directory.path() / "ballast";
    write_file(ballast, std::string(512 * 1024, 'x'));
    RunStore store = continued();
    std::size_t full = 0, added = 0;
    for (; added < runs.size() && full < 2; ++added) {
      try {
        store.add(runs[added]);
      } catch (const OutOfSpace&) {
        if (++full == 2) break;
        fs::remove(ballast);
        store.add(runs[added]);
      }
    }
    EXPECT_EQ(full, 2u);
    EXPECT_TRUE(store.missing().empty());
    const auto ledger = read_ledger(ledger_file(out / "runs.sqlite"));
    EXPECT_EQ(ledger->damage, "");
    for (std::size_t i = 0; i < added; ++i) EXPECT_TRUE(ledger->runs.contains(runs[i].key)) << i;
    return 0;
  });
}

TEST_F(RunStoreFaults, ADiskThatIsFullFromTheStartIsAnOutputError) {
  on_small_disk("size=64k", [&] {
    EXPECT_EQ(code_of([&] { continued(); }), static_cast<int>(ExitCode::kOutput));
    EXPECT_FALSE(fs::exists(out / "runs.sqlite"));
    return 0;
  });
}

TEST_F(RunStoreFaults, ADiskWithoutRoomForAnotherFileIsSaidToBeFull) {
  // Besides the two folders, five files need an inode: the lock, the store, its two side files, the ledger.
  for (int files = 1; files <= 5; ++files) {
    on_small_disk("nr_inodes=" + std::to_string(files + 2), [&] {
      if (files == 5) {
        EXPECT_EQ(code_of([&] { continued(); }), 0);
      } else {
        EXPECT_THAT(error_of(ExitCode::kOutput, [&] { continued(); }),
                    ::testing::HasSubstr("No space left on device"));
      }
      return 0;
    });
  }
}

/// Calls `run` with disks of one to four times `bytes`. `run` must return 0 if there was enough room from the
/// start, and 1 if more room was needed. Returns the set of these results.
std::set<int> on_disks_of_once_to_four_times(std::uint64_t bytes,
                                             const std::function<int(const std::string& size)>& run) {
  std::set<int> results;
  for (std::uint64_t quarters = 4; quarters <= 16; ++quarters)
    results.insert(run("size=" + std::to_string(quarters * bytes / 4)));
  return results;
}

TEST_F(RunStoreFaults, ALogThatDoesNotFitIntoTheFileIsKeptUntilThereIsRoom) {
  constexpr std::int64_t kRows = 64;
  constexpr std::uint64_t kLog = kRows << 14;  // 1 MiB, besides the overhead of pages
  const auto results = on_disks_of_once_to_four_times(kLog, [&](const std::string& size) {
    return on_small_disk(size, [&] {
      const fs::path file = directory.path() / "database";
      const auto rows = [&](sqlite::Database& database) {
        return database.integer("SELECT count(*) FROM t WHERE length(bytes) = 16384");
      };
      std::int64_t written = 0;
      int result = 0;
      {
        sqlite::Database database(file, sqlite::Access::kCreate);
        database.execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (bytes)");
        if (code_of([&] {
              for (; written < kRows; ++written) database.execute("INSERT INTO t VALUES (zeroblob(16384))");
            }) != 0) {
          result = 1;
        }
        const int code = code_of([&] { database.empty_log(); });
        if (code != 0) {
          EXPECT_EQ(code, static_cast<int>(ExitCode::kOutput));
          EXPECT_TRUE(sqlite::has_log(file));
          result = 1;
        }
        EXPECT_EQ(rows(database), written);
        if (code != 0) database.keep_log(true);
      }
      {
        sqlite::Database again(file, sqlite::Access::kReadWrite);
        EXPECT_EQ(rows(again), written);
        enlarge_disk();
        again.empty_log();
      }
      EXPECT_FALSE(sqlite::has_log(file));
      sqlite::Database last(file, sqlite::Access::kReadWrite);
      EXPECT_EQ(rows(last), written);
      EXPECT_FALSE(last.damage());
      return result;
    });
  });
  if (IsSkipped()) return;
  EXPECT_EQ(results, (std::set<int>{0, 1}));
}

TEST_F(RunStoreFaults, ADamagedStoreIsKeptUntilThereIsRoomForWhatIsRecoveredFromIt) {
  experiment.runs = 20;
  runs = sample_runs(experiment, 20'000);
  {
    RunStore store = continued();
    store.add(runs);
  }
  std::string damaged = read_file(out / "runs.sqlite");
  damaged.replace(0, 100, 100, '\0');
  const std::string ledger = read_file(ledger_file(out / "runs.sqlite"));
  const auto results = on_disks_of_once_to_four_times(damaged.size(), [&](const std::string& size) {
    return on_small_disk(size, [&] {
      fs::create_directory(out);
      write_file(ledger_file(out / "runs.sqlite"), ledger);
      write_file(out / "runs.sqlite", damaged);
      if (read_file(out / "runs.sqlite") != damaged) return 1;  // no room even for the file itself
      const int code = code_of([&] { expect_complete(continued()); });
      if (code == 0) return 0;
      EXPECT_EQ(code, static_cast<int>(ExitCode::kOutput));
      const fs::path kept = out / "runs.sqlite.damaged-1";
      EXPECT_TRUE(read_file(fs::exists(kept) ? kept : out / "runs.sqlite") == damaged);
      EXPECT_FALSE(fs::exists(out / "runs.sqlite.new"));
      enlarge_disk();
      expect_complete(continued());
      EXPECT_TRUE(read_file(kept) == damaged);
      return 1;
    });
  });
  if (IsSkipped()) return;
  EXPECT_EQ(results, (std::set<int>{0, 1}));
}

}  // namespace
}  // namespace gpu_sweep::test
