// Lines of a ledger: intact ones are read back, damaged ones are reported.
#include "engine/store/database/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "gpu_sweep/error.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep::test {
namespace {

using ::testing::HasSubstr;

LedgerRun named(const std::string& model, std::uint64_t seed) {
  return {model, seed, "key-" + model + "-" + std::to_string(seed), std::string(64, 'a')};
}

class LedgerFile : public ::testing::Test {
 protected:
  LedgerFile() {
    write_ledger(file, {});
    Ledger ledger(file, 1);
    ledger.append("experiment", R"({"runs": 3})");
    for (std::uint64_t seed = 0; seed < 6; seed += 2) {
      const std::vector<LedgerRun> runs = {named("deep", seed), named("wide \n\"one\"", seed + 1)};
      ledger.append(runs);
    }
    bytes = read_file(file);
  }

  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "ledger";
  std::string bytes;
};

TEST_F(LedgerFile, ReturnsWhatWasAppended) {
  const LedgerContents contents = read_ledger(file).value();
  EXPECT_EQ(contents.damage, "");
  EXPECT_FALSE(contents.torn);
  EXPECT_EQ(contents.lines, 5);
  EXPECT_EQ(contents.study.at("experiment"), R"({"runs": 3})");
  ASSERT_EQ(contents.runs.size(), 6u);
  EXPECT_EQ(contents.runs.at("key-deep-4"), named("deep", 4));
  EXPECT_EQ(contents.runs.at("key-wide \n\"one\"-1"), named("wide \n\"one\"", 1));
}

TEST_F(LedgerFile, IsTheSameWhenItIsWrittenAgain) {
  const LedgerContents contents = read_ledger(file).value();
  write_ledger(file, contents);
  const LedgerContents again = read_ledger(file).value();
  EXPECT_EQ(again.runs, contents.runs);
  EXPECT_EQ(again.study, contents.study);
}

TEST_F(LedgerFile, ThatDoesNotExistIsNotDamage) { EXPECT_FALSE(read_ledger(directory.path() / "none")); }

TEST_F(LedgerFile, EveryFlippedBitIsSeenOrTearsTheLastLine) {
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const LedgerContents contents = parse_ledger(damaged, "the ledger");
    ASSERT_TRUE(contents.torn || !contents.damage.empty()) << "bit " << bit;
    if (!contents.damage.empty()) {
      ASSERT_THAT(contents.damage, HasSubstr("the ledger is damaged: line "));
    }
    for (const auto& [key, run] : contents.runs) ASSERT_EQ(key, run.key);
  }
}

TEST_F(LedgerFile, ARemovedLineIsNoticed) {
  const std::size_t second = bytes.find('\n') + 1, third = bytes.find('\n', second) + 1;
  const LedgerContents contents = parse_ledger(bytes.substr(0, second) + bytes.substr(third), "it");
  EXPECT_EQ(contents.damage, "it is damaged: line 2 is missing");
  EXPECT_EQ(contents.runs.size(), 6u);
}

TEST_F(LedgerFile, ATruncatedLineIsTornAndKeepsTheLinesBefore) {
  const LedgerContents contents = parse_ledger(std::string_view(bytes).substr(0, bytes.size() - 10), "it");
  EXPECT_TRUE(contents.torn);
  EXPECT_EQ(contents.damage, "");
  EXPECT_EQ(contents.runs.size(), 4u);
  EXPECT_EQ(contents.lines, 4);
}

TEST_F(LedgerFile, OfANewerProgramIsRefusedByName) {
  const std::string old = R"({"ledger":1})", line = bytes.substr(0, bytes.find('\n') + 1);
  ASSERT_THAT(line, HasSubstr(old));
  // The line of version 2, with its checksum (Python: hashlib.sha256(b'1 {"ledger":2}').hexdigest()).
  const std::string newer =
      "1 fa70b915247e3c2c701e2a280b492c593faad0318452b07ab8cf7610d000366f {\"ledger\":2}\n";
  EXPECT_THAT(error_of(ExitCode::kUsage, [&] { parse_ledger(newer, "the ledger"); }),
              HasSubstr("the ledger is a ledger of version 2; this program reads up to 1"));
}

TEST_F(LedgerFile, FollowsNoSymbolicLink) {
  std::filesystem::create_symlink(file, directory.path() / "link");
  EXPECT_THAT(error_of(ExitCode::kOutput, [&] { Ledger(directory.path() / "link", 5); }),
              HasSubstr("cannot write"));
}

}  // namespace
}  // namespace gpu_sweep::test
