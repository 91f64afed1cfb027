#include "engine/store/files/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/child_process.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using test::ChildProcess;
using ::testing::ElementsAre;

class AtomicFile : public ::testing::Test {
 protected:
  void make(const std::string& name) const { test::write_file(directory_ / name, "text"); }

  std::set<std::string> names() const { return test::names_in(directory_.path()); }

  void remove_unfinished() const {
    remove_unfinished_files(directory_.path(), [](const std::string& name) { return name == "ours.npz"; });
  }

  const test::TemporaryDirectory directory_;
};

/// Returns the id of a process that has ended.
std::string dead_process() {
  ChildProcess child([] { return 0; });
  const std::string number = std::to_string(child.pid());
  child.wait();
  return number;
}

TEST_F(AtomicFile, LeavesNothingBesideWhatItWrites) {
  write_file_atomically(directory_.path() / "ours.npz", "text");
  EXPECT_THAT(names(), ElementsAre("ours.npz"));
}

TEST_F(AtomicFile, WhatAKilledWriterLeftIsRemoved) {
  make("ours.npz.tmp" + dead_process());
  make("ours.npz.tmp" + std::to_string(getpid()));
  remove_unfinished();
  EXPECT_THAT(names(), ElementsAre());
}

TEST_F(AtomicFile, RewritingAndCheckingRemoveOnlyWhatKilledWritersOfThatFileLeft) {
  const std::string theirs = "theirs.npz.tmp" + dead_process();
  make(theirs);
  make("ours.npz.tmp" + dead_process());
  rewrite_file_atomically(directory_.path() / "ours.npz", "text");
  EXPECT_THAT(names(), ElementsAre("ours.npz", theirs));
  make("ours.npz.tmp" + dead_process());
  check_writable(directory_.path() / "ours.npz");
  EXPECT_THAT(names(), ElementsAre("ours.npz", theirs));
}

TEST_F(AtomicFile, NothingElseIsRemoved) {
  const std::string dead = dead_process();
  const ChildProcess living([] { return pause(); });
  const std::set<std::string> others = {"ours.npz",
                                        "ours.npz.tmp",
                                        "ours.npz.tmp" + dead + "x",
                                        "ours.npz.tmp-" + dead,
                                        "theirs.tmp" + dead,
                                        "ours.npz.tmp0" + dead,
                                        ".tmp" + dead,
                                        "ours.npz.tmp99999999999999999999",
                                        "ours.npz.tmp" + std::to_string(living.pid())};
  for (const std::string& name : others) make(name);
  remove_unfinished();
  EXPECT_EQ(names(), others);
}

TEST_F(AtomicFile, NoFolderAndNoLinkIsRemoved) {
  fs::create_directory(directory_.path() / ("ours.npz.tmp" + dead_process()));
  fs::create_symlink("elsewhere", directory_.path() / ("ours.npz.tmp" + dead_process()));
  const auto before = names();
  ASSERT_EQ(before.size(), 2U);
  remove_unfinished();
  EXPECT_EQ(names(), before);
}

TEST_F(AtomicFile, AMissingFolderHasNothingUnfinished) {
  EXPECT_NO_THROW(
      remove_unfinished_files(directory_.path() / "none", [](const std::string&) { return true; }));
}

}  // namespace
}  // namespace gpu_sweep
