#include "apps/gpu_sweep/fresh_directory.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

TEST(FreshDirectory, IsTheFirstThatHoldsNothing) {
  const test::TemporaryDirectory directory;
  const std::string out = (directory / "study").string();
  EXPECT_EQ(fresh_directory(out + "//"), out);
  fs::create_directory(out);
  EXPECT_EQ(fresh_directory(out), out) << "it is empty";
  test::write_file(out + "/runs.sqlite", "results");
  test::write_file(out + ".2", "a file");
  EXPECT_EQ(fresh_directory(out), out + ".3");
}

/// In a folder that cannot be searched, every name fails in the same way. If fresh_directory went on to the
/// next name after such a failure, it would never return.
TEST(FreshDirectory, ThatCannotBeLookedUpIsAnError) {
  const test::TemporaryDirectory directory;
  fs::create_symlink("loop", directory / "loop");
  const std::string out = (directory / "loop/study").string();
  EXPECT_EQ(test::error_of(ExitCode::kOutput, [&] { fresh_directory(out); }),
            "cannot look up " + out + ": Too many levels of symbolic links");
}

}  // namespace
}  // namespace gpu_sweep
