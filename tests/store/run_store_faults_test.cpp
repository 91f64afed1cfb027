// What a machine does to a process that keeps its runs: kills it, fills its disk, takes its rights.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <thread>

#include "engine/error.h"
#include "engine/report/summary_json.h"
#include "engine/store/run_store.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using test::ChildProcess;
using test::expect_same_bits;
using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A pipe from a child process to its parent.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("pipe failed");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends_[0]);
    close_writer();
  }
  void write(unsigned char byte) const {
    if (::write(ends_[1], &byte, 1) != 1) ::_exit(98);
  }
  /// The parent's: without it `read` would never see the end.
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  /// The next byte, or -1 at the end.
  int read() const {
    unsigned char byte = 0;
    return ::read(ends_[0], &byte, 1) == 1 ? byte : -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

class RunStoreFaults : public ::testing::Test {
 protected:
  RunStore continued() const { return RunStore::create_or_continue(out, experiment, sample_provenance()); }

  void expect_complete(const RunStore& store) const {
    const std::vector<RunRecord> read = store.runs();
    ASSERT_EQ(read.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
  }

  test::TemporaryDirectory directory;
  fs::path out = directory.path() / "out";
  Experiment experiment = sample_experiment();
  std::vector<RunRecord> runs = sample_runs(experiment, 3000);
};

TEST_F(RunStoreFaults, ASecondProcessIsToldWhoHoldsTheDirectory) {
  Pipe pipe;
  ChildProcess holder([&] {
    RunStore store = continued();
    store.add(runs[0]);
    pipe.write(1);
    for (;;) ::pause();
    return 0;
  });
  ASSERT_EQ(pipe.read(), 1);
  try {
    continued();
    ADD_FAILURE() << "two processes hold one directory";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBusy);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(out.string() + " is in use by"),
                                    HasSubstr("process " + std::to_string(holder.pid()) + " on ")));
  }
  EXPECT_EQ(RunStore::open(out).runs().size(), 1u) << "reading needs no lock";
  holder.kill();
  EXPECT_TRUE(continued().contains(runs[0].key)) << "a dead process holds nothing";
}

// What `add` has returned for is there after a kill at any moment, and the rest can be added.
TEST_F(RunStoreFaults, AKilledProcessLosesNothingThatItReported_Seed4) {
  experiment.runs = 12;
  runs = sample_runs(experiment, 3000);
  std::mt19937 random(4);
  std::size_t cut_short = 0;
  for (int trial = 0; trial < 12; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial));
    fs::remove_all(out);
    Pipe pipe;
    ChildProcess writer([&] {
      RunStore store = continued();
      for (std::size_t i = 0; i < runs.size(); ++i) {
        store.add(runs[i]);
        pipe.write(static_cast<unsigned char>(i));
      }
      return 0;
    });
    pipe.close_writer();
    // The moment is counted in finished runs and not in seconds: a fast disk must not let every writer
    // finish.
    std::size_t reported = 0;
    for (std::size_t awaited = random() % (runs.size() - 1); reported < awaited && pipe.read() >= 0;)
      ++reported;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 2'000));
    writer.kill();
    while (pipe.read() >= 0) ++reported;
    if (reported < runs.size()) ++cut_short;

    RunStore store = continued();
    EXPECT_TRUE(store.damaged().empty());
    for (std::size_t i = 0; i < reported; ++i) EXPECT_TRUE(store.contains(runs[i].key)) << i;
    for (const RunRecord& run : runs) store.add(run);
    expect_complete(store);
  }
  EXPECT_GT(cut_short, 0u) << "no kill came in time";
}

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
  std::ofstream(out) << "a file";
  EXPECT_EQ(code_of([&] { continued(); }), static_cast<int>(ExitCode::kOutput));
}

/// Mounts a file system of that `size` (as tmpfs takes it) over `place`, seen by this process alone. In a
/// child process only.
bool mount_small_disk(const fs::path& place, const std::string& size) {
  const int spaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return ::unshare(spaces) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", place.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

constexpr int kNoMount = 77;

TEST_F(RunStoreFaults, AFullDiskLosesNothingAndTheSameStoreGoesOnWithMoreSpace) {
  experiment.runs = 200;
  runs = sample_runs(experiment, 10'000);
  ChildProcess child([&] {
    if (!mount_small_disk(directory.path(), "size=2048k")) return kNoMount;
    const fs::path ballast = directory.path() / "ballast";
    std::ofstream(ballast) << std::string(512 * 1024, 'x');
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
    std::ofstream(directory.path() / "rest") << std::string(2 << 20, 'x');
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
    EXPECT_EQ(store.runs().size(), reported);
    for (std::size_t i = 0; i < reported; ++i) expect_same_bits(runs[i], store.runs().at(i));
    store.add(runs[reported]);
    EXPECT_EQ(store.runs().size(), reported + 1);
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
  for (int files = 1; files <= 4;
       ++files) {  // below the folder itself and OUT: the lock, the store, its side files
    ChildProcess child([&] {
      if (!mount_small_disk(directory.path(), "nr_inodes=" + std::to_string(files + 2))) return kNoMount;
      try {
        continued();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::kOutput);
        EXPECT_THAT(error.what(), HasSubstr("No space left on device"));
        return ::testing::Test::HasFailure() ? 1 : 0;
      }
      return files == 4 ? 0 : 1;
    });
    const int result = child.wait();
    if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
    EXPECT_EQ(result, 0) << files;
  }
}

}  // namespace
}  // namespace gpu_sweep
