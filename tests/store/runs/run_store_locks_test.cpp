// The locks that keep other processes from changing a store that is open.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <span>
#include <string>

#include "engine/store/database/ledger.h"
#include "engine/store/files/directory_lock.h"
#include "tests/store/runs/group_in_the_log_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/pipe.h"

namespace gpu_sweep::test {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::StartsWith;

/// Returns whether this process holds a POSIX lock on `file`.
bool is_locked_by_us(const fs::path& file) {
  struct stat status;
  EXPECT_EQ(::stat(file.c_str(), &status), 0);
  const std::string owner = " " + std::to_string(::getpid()) + " ";
  const std::string number = ":" + std::to_string(status.st_ino) + " ";
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find("POSIX") != std::string::npos && line.find(owner) != std::string::npos &&
        line.find(number) != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST_F(AGroupInTheLog, IsSearchedForLostRunsWithoutLosingTheLocksOfSQLite) {
  put(files);
  const LedgerContents ledger = read_ledger(ledger_file(file())).value();
  LedgerRun lost = ledger.runs.begin()->second;
  lost.key = std::string(lost.key.size(), '0');
  Ledger(ledger_file(file()), ledger.lines).append({&lost, 1});
  files["runs.sqlite-ledger"] = read_file(ledger_file(file()));
  for (const bool to_write : {false, true}) {
    SCOPED_TRACE(to_write ? "for writing" : "for reading");
    put(files);
    const RunStore store = to_write ? continued() : RunStore::open(out());
    EXPECT_EQ(store.runs().size(), 20u);
    EXPECT_TRUE(is_locked_by_us(file()));
  }
}

TEST(DirectoryLockTest, NamesTheHolderOnlyWhileItIsOne) {
  const TemporaryDirectory directory;
  const auto message = [&] { return error_of(ExitCode::kBusy, [&] { DirectoryLock(directory.path()); }); };
  Pipe locked;
  ChildProcess writer([&] {
    const DirectoryLock lock(directory.path());
    locked.write(1);
    for (;;) ::pause();
    return 0;
  });
  locked.close_writer();
  ASSERT_EQ(locked.read(), 1);
  EXPECT_THAT(message(), HasSubstr(" is in use by process " + std::to_string(writer.pid()) + " on "));
  writer.kill();
  EXPECT_THAT(read_file(directory / "lock"), StartsWith("process "));
  {
    const ReadersLock reader(directory.path());
    ASSERT_TRUE(reader.held());
    EXPECT_THAT(message(), HasSubstr(" is in use by another process"));
  }
  { const DirectoryLock lock(directory.path()); }
  EXPECT_EQ(read_file(directory / "lock"), "");
  const ReadersLock reader(directory.path());
  EXPECT_THAT(message(), HasSubstr(" is in use by another process"));
}

TEST_F(RunStoreDamage, ADeletedLockEndsTheFirstWriterAndDoublesNoRun) {
  RunStore first = continued();
  first.add(runs[0]);
  fs::remove(out() / "lock");
  {
    RunStore second = continued();
    second.add(runs[1]);
    EXPECT_THAT(error_of(ExitCode::kOutput, [&] { first.add(std::span(runs).subspan(1, 2)); }),
                ::testing::HasSubstr("lock was deleted or replaced"));
    second.add(std::span(runs).subspan(2, 2));
  }
  EXPECT_EQ(expect_only_true_runs(continued()), 4u);
  const RunStore store = RunStore::open(out());
  EXPECT_TRUE(store.missing().empty());
  EXPECT_TRUE(store.replaced().empty());
  EXPECT_TRUE(store.remarks().empty());
  EXPECT_EQ(read_ledger(ledger_file(file())).value().runs.size(), 4u);
  EXPECT_EQ(sqlite::Database(file(), sqlite::Access::kRead).integer("SELECT count(*) FROM runs"), 4);
}

}  // namespace
}  // namespace gpu_sweep::test
