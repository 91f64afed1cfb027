// Experiment files that are nested too deeply for the stack, files that only look so, and files that are too
// long or not regular.
#include "engine/experiment/toml_depth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "gpu_sweep/experiment.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

using testing::HasSubstr;

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// Returns "a.a. ... a" with `parts` parts.
std::string key(int parts) { return repeated("a.", parts - 1) + "a"; }

/// Returns the message of the error that an experiment with the text `text` causes.
std::string message_of(const std::string& text) {
  return test::error_of(ExitCode::kUsage, [&] { parse_experiment(text, "deep.toml"); });
}

TEST(TomlDepth, LongKeysAndHeadersAreRefusedByLine) {
  const std::string parts = "deep.toml:2: found a key of more than 64 parts, expected at most 64";
  EXPECT_EQ(message_of("runs = 1\n" + key(60'000) + " = 1\n"), parts);
  EXPECT_EQ(message_of("runs = 1\n[[" + key(200'000) + "]]\n"), parts);
  EXPECT_EQ(message_of("runs = 1\n[" + repeated("'x'.", 200'000) + "x]\n"), parts);
  EXPECT_EQ(message_of("runs = 1\nx = {y = 1, " + repeated("\"\\\"\" . ", 64) + "x = 1}\n"), parts);
}

TEST(TomlDepth, NestedArraysAndTablesAreRefusedByLine) {
  const std::string nested = "deep.toml:3: found more than 64 nested arrays and tables, expected at most 64";
  EXPECT_EQ(message_of("\n\nx = " + repeated("[", 65)), nested);
  EXPECT_EQ(message_of("\n\nx = " + repeated("{y = ", 65)), nested);
  EXPECT_EQ(message_of("x = [\n\n" + repeated("[", 64)), nested);
}

TEST(TomlDepth, AStringHidesNothingBehindIt) {
  for (const std::string text :
       {"''", "'\"'", "'\\'", R"("\"")", R"("\\")", "''''''", "'''a\n''''", "'''a'''''", "\"\"\"\n\\\"\"\"\"",
        "\"\"\"a\\\\\"\"\"\"\"", "\"\"\"\\\n\"\"\"", "[] # '''"}) {
    EXPECT_NO_THROW(check_toml_depth("x = [" + text + "\n, {" + key(64) + " = 1}]", "f")) << text;
    EXPECT_THROW(check_toml_depth("x = [" + text + "\n, {" + key(65) + " = 1}]", "f"), Error) << text;
  }
}

TEST(TomlDepth, StringsAndCommentsAreNotCounted) {
  const std::string dots(1000, '.');
  const std::string open(1000, '[');
  EXPECT_NO_THROW(check_toml_depth("# don't" + dots + open + "\nx = '" + dots + open + "' # " + dots, "f"));
  EXPECT_NO_THROW(check_toml_depth("x = '''\n" + dots + "''" + open + "\n'''\n", "f"));
  EXPECT_NO_THROW(check_toml_depth("x = \"\"\"\n" + dots + "\\\"\"\"" + open + "\n\"\"\"\n", "f"));
  EXPECT_NO_THROW(check_toml_depth(repeated("x = [1.5, 2.5]\n[a.b]\n", 100), "f"));
}

TEST(TomlDepth, TheDeepestAcceptedFileIsRead) {
  const std::string deepest =
      "[" + key(64) + "]\n" + repeated(key(64) + " = {", 63) + key(64) + " = 1" + repeated("}", 63) + "\n";
  EXPECT_THAT(message_of(deepest), HasSubstr("deep.toml:1: a: found an unknown key"));
  const std::string arrays = "x = " + repeated("[", 64) + repeated("]", 64) + "\n";
  EXPECT_THAT(message_of(arrays), HasSubstr("deep.toml:1: x: found an unknown key"));
}

TEST(ExperimentFile, IsReadNoFurtherThanItsLimit) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path file = directory / "long.toml";
  test::write_file(file, repeated("#", (1 << 20) + 1));
  EXPECT_EQ(test::error_of(ExitCode::kUsage, [&] { load_experiment(file); }),
            file.string() + ": found more than 1 MiB, expected an experiment (TOML file)");
}

TEST(ExperimentFile, APipeOrADeviceIsRefusedImmediately) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path pipe = directory / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::filesystem::path& file : {pipe, std::filesystem::path("/dev/zero")}) {
    EXPECT_EQ(test::error_of(ExitCode::kUsage, [&] { load_experiment(file); }),
              file.string() + ": found a pipe or a device, expected an experiment (TOML file)");
  }
}

}  // namespace
}  // namespace gpu_sweep
