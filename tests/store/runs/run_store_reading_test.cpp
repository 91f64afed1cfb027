// Reading results where nothing can be written (read-only and full file systems, folders of other users), and
// the lock of readers.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <set>
#include <string>

#include "engine/store/files/directory_lock.h"
#include "engine/store/runs/backup_store.h"
#include "engine/store/runs/merge_stores.h"
#include "gpu_sweep/error.h"
#include "tests/store/runs/run_store_faults_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/private_mounts.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

/// Which of the log and its index a writer left beside runs.sqlite.
enum class Left { kNothing, kLog, kLogAndIndex };

class ResultsThatCannotBeWritten : public RunStoreFaults, public ::testing::WithParamInterface<Left> {
 protected:
  ResultsThatCannotBeWritten() {
    for (int tries = 0; tries < 20; ++tries) {  // again if a commit emptied the log (after one second)
      fs::remove_all(out);
      ChildProcess writer([this] {
        RunStore store = continued();
        store.add(runs);
        if (GetParam() != Left::kNothing) ::_exit(0);  // as if killed: nothing is cleaned up
        return 0;
      });
      EXPECT_EQ(writer.wait(), 0);
      if (GetParam() == Left::kNothing || has_log()) break;
    }
    if (GetParam() == Left::kLog) fs::remove(out / "runs.sqlite-shm");
    EXPECT_EQ(has_log(), GetParam() != Left::kNothing);
    EXPECT_EQ(fs::exists(out / "runs.sqlite-shm"), GetParam() == Left::kLogAndIndex);
  }

  bool has_log() const {
    std::error_code none;
    return fs::file_size(out / "runs.sqlite-wal", none) > 0 && !none;
  }

  /// Reads the store directly, by a merge into `elsewhere` and by a backup into `elsewhere`. Only for a child
  /// process.
  int read_all(const fs::path& elsewhere) {
    const RunStore store = RunStore::open(out);
    expect_complete(store);
    EXPECT_TRUE(store.missing().empty());
    EXPECT_TRUE(store.damaged().empty());
    EXPECT_EQ(merge_stores(elsewhere / "merged", {out}).added, static_cast<int>(runs.size()));
    EXPECT_EQ(backup_store(out, elsewhere / "copy").runs, runs.size());
    expect_complete(RunStore::open(elsewhere / "copy"));
    return ::testing::Test::HasFailure() ? 1 : 0;
  }

  static void expect_done(ChildProcess& child) {
    const int result = child.wait();
    if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a file system";
    EXPECT_EQ(result, 0);
  }

  TemporaryDirectory elsewhere_;
};

/// Makes `place` read-only for this process. Only for a child process.
bool make_read_only(const fs::path& place) {
  return make_mounts_private() && ::mount(place.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
         ::mount(nullptr, place.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

TEST_P(ResultsThatCannotBeWritten, AreReadFromAReadOnlyFileSystem) {
  const std::set<std::string> names = names_in(out);
  ChildProcess child([&] { return make_read_only(out) ? read_all(elsewhere_.path()) : kNoMount; });
  expect_done(child);
  EXPECT_EQ(names_in(out), names);
}

TEST_P(ResultsThatCannotBeWritten, AreReadFromAFullDisk) {
  const fs::path disk = directory.path() / "disk";
  fs::create_directory(disk);
  ChildProcess child([&] {
    if (!make_mounts_private() || ::mount("none", disk.c_str(), "tmpfs", 0, "size=8m") != 0) return kNoMount;
    fs::copy(out, disk / "out");
    out = disk / "out";
    write_file(disk / "ballast", std::string(8 << 20, 'x'));
    struct statvfs space;
    EXPECT_EQ(::statvfs(disk.c_str(), &space), 0);
    EXPECT_EQ(space.f_bavail, 0U);
    return read_all(elsewhere_.path());
  });
  expect_done(child);
}

TEST_P(ResultsThatCannotBeWritten, AreReadByAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: only root can become another user";
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(elsewhere_.path().c_str(), 0777);
  ChildProcess child([&] {
    constexpr uid_t kNobody = 65534;
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) return 97;
    return read_all(elsewhere_.path());
  });
  expect_done(child);
}

TEST_P(ResultsThatCannotBeWritten, KeepNoWriterOutWhileTheyAreOpen) {
  ChildProcess child([&] {
    if (!make_read_only(out)) return kNoMount;
    const RunStore store = RunStore::open(out);
    ::umount2(out.c_str(), MNT_DETACH);
    const DirectoryLock writer(out);
    expect_complete(store);
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  expect_done(child);
}

std::string name_of(const ::testing::TestParamInfo<Left>& left) {
  if (left.param == Left::kNothing) return "WithoutALog";
  return left.param == Left::kLog ? "WithALog" : "WithALogAndItsIndex";
}

INSTANTIATE_TEST_SUITE_P(, ResultsThatCannotBeWritten,
                         ::testing::Values(Left::kNothing, Left::kLog, Left::kLogAndIndex), name_of);

using ReadersLocks = RunStoreFaults;

TEST_F(ReadersLocks, AreNotHadWhileAProcessIsWriting) {
  EXPECT_TRUE(ReadersLock(out).held()) << "never written to";
  fs::create_directory(out);
  {
    const DirectoryLock writer(out);
    EXPECT_FALSE(ReadersLock(out).held());
  }
  const ReadersLock first(out), second(out);
  EXPECT_TRUE(first.held());
  EXPECT_TRUE(second.held());
  EXPECT_THAT(error_of(ExitCode::kBusy, [&] { const DirectoryLock writer(out); }),
              ::testing::HasSubstr("is in use by"));
}

}  // namespace
}  // namespace gpu_sweep::test
