#include "engine/store/damaged_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "engine/store/run_store.h"
#include "tests/support/child_process.h"
#include "tests/support/expect_same_run.h"
#include "tests/support/files.h"
#include "tests/support/private_mounts.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using test::expect_same_bits;
using test::sample_experiment;
using test::sample_provenance;
using test::sample_runs;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class DamagedFile : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return directory_.path() / name; }

  void write(const std::string& name, const std::string& text) const { test::write_file(path(name), text); }

  std::string read(const std::string& name) const { return test::read_file(path(name)); }

  const test::TemporaryDirectory directory_;
};

TEST_F(DamagedFile, IsKeptUnderTheFirstFreeNameWithItsSideFile) {
  write("store", "damaged");
  write("store-wal", "log");
  write("store.damaged-1", "older");
  write("store.damaged-2-wal", "of a store that was gone");
  EXPECT_EQ(keep_damaged(path("store")), path("store.damaged-3"));
  EXPECT_EQ(read("store"), "damaged");
  EXPECT_EQ(read("store.damaged-3"), "damaged");
  EXPECT_EQ(read("store.damaged-3-wal"), "log");
  EXPECT_FALSE(fs::exists(path("store-wal")));
  EXPECT_EQ(kept_damaged(path("store")), path("store.damaged-3"));
}

/// A file that is a mount of its own has no hard links beside it, as on FAT, exFAT and some network file
/// systems.
bool take_hard_links(const fs::path& file) {
  return test::make_mounts_private() && ::mount(file.c_str(), file.c_str(), "none", MS_BIND, nullptr) == 0;
}

TEST_F(DamagedFile, IsCopiedWhereThereAreNoHardLinks) {
  write("store", "damaged");
  test::ChildProcess child([&] {
    if (!take_hard_links(path("store"))) return test::kNoMount;
    keep_damaged(path("store"));
    return kept_damaged(path("store")) == path("store.damaged-1") ? 0 : 1;
  });
  const int result = child.wait();
  if (result == test::kNoMount) GTEST_SKIP() << "NOT TESTED: this user may not mount a file over itself";
  EXPECT_EQ(result, 0);
  EXPECT_EQ(read("store.damaged-1"), "damaged");
  EXPECT_EQ(fs::hard_link_count(path("store")), 1U) << "it was a link after all";
}

// A killed process leaves its newest runs in the side file. Who then removes the store alone wants none of
// them back.
TEST_F(DamagedFile, WhatIsLeftOfAStoreThatIsGoneIsSetAsideAndNotReadIntoTheNext) {
  const Experiment experiment = sample_experiment();
  const std::vector<RunRecord> runs = sample_runs(experiment, 100);
  const auto continued = [&] {
    return RunStore::create_or_continue(directory_.path(), experiment, sample_provenance());
  };
  std::string side_file;
  {
    RunStore store = continued();
    for (const RunRecord& run : runs) store.add(run);
    side_file = read("runs.sqlite-wal");
  }
  fs::remove(path("runs.sqlite"));
  write("runs.sqlite-wal", side_file);
  {
    RunStore store = continued();
    EXPECT_THAT(store.damaged(),
                ElementsAre(EndsWith("is gone; what was left of it is kept as runs.sqlite.damaged-1-wal"),
                            StartsWith("'deep': seeds 0 to 2: finished"),
                            StartsWith("'wide': seeds 0 to 2: finished")));
    EXPECT_THAT(store.runs(), IsEmpty());
    store.add(runs[1]);
    ASSERT_EQ(store.runs().size(), 1U);
    expect_same_bits(store.runs()[0], runs[1]);
  }
  EXPECT_EQ(read("runs.sqlite.damaged-1-wal"), side_file);
  EXPECT_THAT(continued().damaged(), ElementsAre(StartsWith("'deep': seeds 0 to 2: finished"),
                                                 StartsWith("'wide': seeds 0, 2: finished")))
      << "named until they are trained again";
}

}  // namespace
}  // namespace gpu_sweep
