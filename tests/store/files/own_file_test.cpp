#include "engine/store/files/own_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "gpu_sweep/error.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

constexpr FileKind kKind = {"list of ours", "OURS", "mark", 16, "another name"};

class OwnFile : public ::testing::Test {
 protected:
  /// Returns what refuse_foreign_file says after "--to FILE", or "" if it does not refuse the file.
  std::string refusal(const std::string& name) const {
    const std::string file = (directory_ / name).string();
    try {
      refuse_foreign_file(file, kKind, "--to");
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      EXPECT_THAT(error.what(), ::testing::StartsWith("--to " + file));
      return std::string(error.what()).substr(5 + file.size());
    }
  }

  const test::TemporaryDirectory directory_;
};

TEST_F(OwnFile, OnlyWhatBeginsAsOursIsReplaced) {
  const std::string foreign = ": found an existing file that is no list of ours, expected another name";
  const auto refusal_of = [this](const std::string& text) {
    test::write_file(directory_ / "file", text);
    return refusal("file");
  };
  EXPECT_EQ(refusal("missing"), "");
  EXPECT_EQ(refusal_of(""), "");
  EXPECT_EQ(refusal_of("OURS with a mark and more of it"), "");
  EXPECT_EQ(refusal_of("precious"), foreign);
  EXPECT_EQ(refusal_of("ours with a mark"), foreign);
  EXPECT_EQ(refusal_of("OURS without it"), foreign);
  EXPECT_EQ(refusal_of("OURS, but far away is the mark"), foreign);
  fs::create_hard_link(directory_ / "file", directory_ / "same");
  fs::create_symlink("file", directory_ / "link");
  fs::create_symlink("nowhere", directory_ / "dangling");
  fs::create_directory(directory_ / "folder");
  ASSERT_EQ(mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal("./same"), foreign);
  EXPECT_EQ(refusal("link"), foreign);
  EXPECT_EQ(refusal("pipe"), foreign);
  EXPECT_EQ(refusal("dangling"), "");
  EXPECT_EQ(refusal("folder"), "") << "the writer says that it is a folder";
}

TEST_F(OwnFile, ARefusedFileKeepsItsBytes) {
  test::write_file(directory_ / "file", "precious");
  test::error_of(ExitCode::kUsage, [&] { replace_own_file(directory_ / "file", "OURS mark", kKind); });
  EXPECT_EQ(test::read_file(directory_ / "file"), "precious");
  fs::remove(directory_ / "file");
  for (const char* bytes : {"OURS mark 1", "OURS mark 2"}) {
    replace_own_file(directory_ / "file", bytes, kKind);
    EXPECT_EQ(test::read_file(directory_ / "file"), bytes);
  }
}

}  // namespace
}  // namespace gpu_sweep
