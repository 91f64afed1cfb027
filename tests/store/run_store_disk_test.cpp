// Folders that may not be written, and full disks.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <span>
#include <string>

#include "engine/error.h"
#include "engine/report/summary_json.h"
#include "engine/store/ledger.h"
#include "tests/store/run_store_faults_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/private_mounts.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

/// The exit code of the Error that `body` throws; 0 where it throws none.
int code_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}

/// Root may write anywhere: give that up. In a child process only.
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

/// Mounts a file system of that `size` (as tmpfs takes it) over `place`, seen by this process alone. In a
/// child process only.
bool mount_small_disk(const fs::path& place, const std::string& size) {
  return make_mounts_private() && ::mount("none", place.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

TEST_F(RunStoreFaults, AFullDiskLosesNothingAndTheSameStoreGoesOnWithMoreSpace) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  ChildProcess child([&] {
    if (!mount_small_disk(directory.path(), "size=2048k")) return kNoMount;
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
    // A summary does not fit either, and leaves nothing half-written behind.
    write_file(directory / "rest", std::string(2 << 20, 'x'));
    EXPECT_EQ(code_of([&] {
                write_summary(out, {experiment, sample_provenance(), 0}, runs);
              }),
              static_cast<int>(ExitCode::kOutput));
    for (const auto& entry : fs::directory_iterator(out)) {
      EXPECT_EQ(entry.path().filename().string().find("summary"), std::string::npos) << entry.path();
    }
    fs::remove(ballast);
    fs::remove(directory.path() / "rest");
    RunStore store = continued();
    // The run at which it failed may be there: it was not reported, since its line in the ledger was not
    // written.
    EXPECT_GE(store.runs().size(), reported);
    EXPECT_LE(store.runs().size(), reported + 1);
    for (std::size_t i = 0; i < reported; ++i) expect_same_bits(runs[i], store.runs().at(i));
    EXPECT_TRUE(store.missing().empty());
    store.add(runs[reported]);
    EXPECT_EQ(store.runs().size(), reported + 1);
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  const int result = child.wait();
  if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
  EXPECT_EQ(result, 0);
}

TEST_F(RunStoreFaults, OfRunsAddedTogetherAFullDiskKeepsNone) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  ChildProcess child([&] {
    if (!mount_small_disk(directory.path(), "size=2048k")) return kNoMount;
    RunStore store = continued();
    store.add(std::span(runs).first(10));
    EXPECT_EQ(code_of([&] { store.add(runs); }), static_cast<int>(ExitCode::kOutput));
    EXPECT_FALSE(store.contains(runs[10].key));
    EXPECT_EQ(store.runs().size(), 10U);
    store.add(std::span(runs).first(20));
    EXPECT_EQ(store.runs().size(), 20U);
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  const int result = child.wait();
  if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
  EXPECT_EQ(result, 0);
}

TEST_F(RunStoreFaults, AnAddThatFindsTheDiskFullCanBeRepeated) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  ChildProcess child([&] {
    if (!mount_small_disk(directory.path(), "size=2048k")) return kNoMount;
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
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  const int result = child.wait();
  if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
  EXPECT_EQ(result, 0);
}

TEST_F(RunStoreFaults, ADiskThatIsFullFromTheStartIsAnOutputError) {
  ChildProcess child([&] {
    if (!mount_small_disk(directory.path(), "size=64k")) return kNoMount;
    const int code = code_of([&] { continued(); });
    return code == static_cast<int>(ExitCode::kOutput) && !fs::exists(out / "runs.sqlite") ? 0 : 1;
  });
  const int result = child.wait();
  if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
  EXPECT_EQ(result, 0);
}

TEST_F(RunStoreFaults, ADiskWithoutRoomForAnotherFileIsSaidToBeFull) {
  // Below the folder itself and OUT: the lock, the store, its side files, the ledger.
  for (int files = 1; files <= 5; ++files) {
    ChildProcess child([&] {
      if (!mount_small_disk(directory.path(), "nr_inodes=" + std::to_string(files + 2))) return kNoMount;
      if (files == 5) return code_of([&] { continued(); });
      EXPECT_THAT(error_of(ExitCode::kOutput, [&] { continued(); }),
                  ::testing::HasSubstr("No space left on device"));
      return ::testing::Test::HasFailure() ? 1 : 0;
    });
    const int result = child.wait();
    if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
    EXPECT_EQ(result, 0) << files;
  }
}

}  // namespace
}  // namespace gpu_sweep::test
