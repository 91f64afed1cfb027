#include "engine/store/runs/probabilities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/store/formats/npz.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Probabilities of two images and three classes.
class Probabilities : public ::testing::Test {
 protected:
  Probabilities() {
    run_.key = "key";
    for (int i = 0; i < 6; ++i) run_.test_probabilities.push_back(to_fp16(static_cast<float>(i) / 8));
    save_probabilities(here(), run_, std::vector<std::uint8_t>{2, 1});
  }

  const fs::path& here() const { return directory_.path(); }
  fs::path file() const { return probabilities_file(here(), run_.key); }
  KeptProbabilities find(const std::string& key = "key") const { return find_probabilities(here(), key, 2); }

  /// Expects both finding and copying to say that the file cannot be read, and why, but not that it is
  /// damaged.
  void expect_unknown(const std::string& key, const std::string& reason) const {
    for (const KeptProbabilities& found : {find(key), copy_probabilities(here(), here() / "to", key, 2)}) {
      EXPECT_FALSE(found.whole);
      EXPECT_EQ(found.damage, "");
      EXPECT_THAT(found.unread, StartsWith("cannot read " + probabilities_file(here(), key).string() + ": "));
      EXPECT_THAT(found.unread, HasSubstr(reason));
    }
    EXPECT_FALSE(fs::exists(here() / "to"));
  }

  test::TemporaryDirectory directory_;
  RunRecord run_;
};

TEST_F(Probabilities, ComeBack) {
  const KeptProbabilities kept = find();
  ASSERT_TRUE(kept.whole);
  EXPECT_EQ(kept.damage + kept.unread, "");
  EXPECT_EQ(kept.whole->classes, 3);
  EXPECT_THAT(kept.whole->labels, ElementsAre(2, 1));
  EXPECT_EQ(kept.whole->values, run_.test_probabilities);
  EXPECT_FALSE(find("another").whole);
  EXPECT_EQ(find("another").damage + find("another").unread, "");
}

TEST_F(Probabilities, DamagedOrOfAnotherSetAreNamed) {
  const auto expect_damage = [&](const std::string& what) {
    const KeptProbabilities kept = find();
    EXPECT_FALSE(kept.whole);
    EXPECT_THAT(kept.damage, HasSubstr(file().string() + ": " + what));
    EXPECT_THAT(kept.damage, HasSubstr("run --keep-predictions makes it again"));
    EXPECT_EQ(kept.unread, "");
    EXPECT_EQ(copy_probabilities(here(), here() / "to", "key", 2).damage, kept.damage);
    EXPECT_FALSE(fs::exists(here() / "to"));
  };
  save_probabilities(here(), run_, std::vector<std::uint8_t>{2, 1, 0});
  expect_damage("expected the classes of 2 images");
  write_npz(file(), {{"test", npy_array({2, 3}, run_.test_probabilities)}});
  expect_damage("expected the arrays test and labels");
  fs::resize_file(file(), 100);
  expect_damage("damaged or not a .npz archive");
}

/// The probabilities may be intact, so nothing may replace them.
TEST_F(Probabilities, ThatCannotBeReadAreNamedAndNotTakenForDamaged) {
  expect_unknown(std::string(300, 'k'), "File name too long");
  fs::create_directory(probabilities_file(here(), "folder"));
  expect_unknown("folder", "not a regular file");
}

TEST_F(Probabilities, ThatCannotBeReadAreNotReplacedByACopy) {
  const fs::path there = probabilities_file(here() / "to", "key");
  fs::create_directories(there);
  EXPECT_EQ(copy_probabilities(here(), here() / "to", "key", 2).unread,
            "cannot read " + there.string() + ": not a regular file");
  EXPECT_TRUE(fs::is_directory(there));
}

/// This system file states a size but yields fewer bytes, as a file on a failing disk may.
TEST_F(Probabilities, ThatBreakOffWhileTheyAreReadAreNotTakenForDamaged) {
  const fs::path short_file = "/sys/kernel/mm/transparent_hugepage/enabled";
  if (!fs::exists(short_file)) GTEST_SKIP() << "NOT TESTED: there is no " << short_file;
  fs::create_symlink(short_file, probabilities_file(here(), "short"));
  expect_unknown("short", "expected 4096");
}

}  // namespace
}  // namespace gpu_sweep
