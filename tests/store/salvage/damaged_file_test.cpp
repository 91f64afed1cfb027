#include "engine/store/salvage/damaged_file.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "tests/support/child_process.h"
#include "tests/support/files.h"
#include "tests/support/private_mounts.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

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

/// Makes the file a mount point, so that no hard link to it can be made in its folder, as on FAT, exFAT and
/// some network file systems.
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

TEST_F(DamagedFile, ThatIsGoneLeavesASideFileToKeep) {
  write("store-wal", "log");
  write("store-shm", "index");
  write("store.damaged-1", "older");
  EXPECT_EQ(keep_damaged(path("store")), path("store.damaged-2-wal"));
  EXPECT_EQ(read("store.damaged-2-wal"), "log");
  EXPECT_EQ(test::names_in(directory_.path()),
            (std::set<std::string>{"store.damaged-1", "store.damaged-2-shm", "store.damaged-2-wal"}));
}

}  // namespace
}  // namespace gpu_sweep
