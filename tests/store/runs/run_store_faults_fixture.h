// For tests of stores that cannot be written: on full disks, in read-only folders, or in use by other
// processes.
#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "gpu_sweep/run_store.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/private_mounts.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {

class RunStoreFaults : public ::testing::Test {
 protected:
  RunStore continued() const { return RunStore::create_or_continue(out, experiment, sample_provenance()); }

  void expect_complete(const RunStore& store) const {
    const std::vector<RunRecord> read = store.runs();
    ASSERT_EQ(read.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) expect_same_bits(runs[i], read[i]);
  }

  /// Runs `body` in a child process in which `directory` is a separate tmpfs with the mount option `size`,
  /// such as "size=2m" or "nr_inodes=5". Returns the result of `body`. If this user may not mount, marks the
  /// test as skipped and returns kNoMount. Fails the test if an expectation in `body` failed.
  int on_small_disk(const std::string& size, const std::function<int()>& body) {
    ChildProcess child([&] {
      if (!make_mounts_private() || ::mount("none", directory.path().c_str(), "tmpfs", 0, size.c_str()) != 0)
        return kNoMount;
      const int result = body();
      return HasFailure() ? kFailed : result;
    });
    const int result = child.wait();
    skip_without_mounts(result);
    if (result != kNoMount) {
      EXPECT_NE(result, kFailed) << "on a disk of " << size;
      EXPECT_GE(result, 0) << "on a disk of " << size;
    }
    return result;
  }

  /// Only for the `body` of on_small_disk.
  void enlarge_disk() const {
    ASSERT_EQ(::mount("none", directory.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
  }

  TemporaryDirectory directory;
  std::filesystem::path out = directory.path() / "out";
  Experiment experiment = sample_experiment();
  std::vector<RunRecord> runs = sample_runs(experiment, 3000);

 private:
  static constexpr int kFailed = 78;

  static void skip_without_mounts(int result) {
    if (result == kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a small file system";
  }
};

}  // namespace gpu_sweep::test
