#include "engine/lane/describe_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gpu_sweep/error.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

using testing::Eq;
using testing::StartsWith;

template <class Exception>
void expect(const Exception& exception, ExitCode code, const testing::Matcher<std::string>& text) {
  const DescribedFailure failure = describe_failure(std::make_exception_ptr(exception));
  EXPECT_EQ(failure.exit_code, static_cast<int>(code));
  EXPECT_THAT(failure.text, text);
}

TEST(DescribeFailure, KeepsLineAndCodeOfAnError) {
  expect(Error(ExitCode::kCorrupt, "runs.db: torn"), ExitCode::kCorrupt, Eq("runs.db: torn"));
  expect(OutOfSpace("the disk is full"), ExitCode::kOutput, Eq("the disk is full"));
}

TEST(DescribeFailure, NamesTheLimitOfTheMachine) {
  expect(std::bad_alloc(), ExitCode::kDevice, StartsWith("out of memory: "));
  expect(std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again)),
         ExitCode::kDevice, StartsWith("no more threads can be started"));
}

/// Returns the exception that std::filesystem throws for an operation that must fail.
std::filesystem::filesystem_error failure_of(const std::function<void()>& operation) {
  try {
    operation();
  } catch (const std::filesystem::filesystem_error& error) {
    return error;
  }
  throw std::logic_error("it succeeded");
}

TEST(DescribeFailure, NamesTheOperationAndItsFiles) {
  namespace fs = std::filesystem;
  const test::TemporaryDirectory directory;
  const std::string here = directory.path().string(), gone = here + "/gone", loop = here + "/loop";
  fs::create_symlink("loop", loop);
  const std::string none = ": No such file or directory", many = ": Too many levels of symbolic links";
  const std::vector<std::pair<std::function<void()>, std::string>> cases = {
      {[&] { static_cast<void>(fs::file_size(gone)); }, "cannot get file size " + gone + none},
      {[&] { fs::create_directory(gone + "/a"); }, "cannot create directory " + gone + "/a" + none},
      {[&] { fs::rename(gone, here + "/a"); }, "cannot rename " + gone + " to " + here + "/a" + none},
      {[&] { fs::copy_file(gone, here + "/a"); }, "cannot copy file " + gone + " to " + here + "/a" + none},
      {[&] { fs::remove(here); }, "cannot remove " + here + ": Directory not empty"},
      {[&] { fs::directory_iterator{gone}; }, "cannot open directory " + gone + none},
      {[&] { static_cast<void>(fs::exists(loop)); }, "cannot look up " + loop + many},
  };
  for (const auto& [operation, text] : cases) expect(failure_of(operation), ExitCode::kOutput, Eq(text));
}

TEST(DescribeFailure, AnythingElseIsAFaultOfTheProgram) {
  expect(std::logic_error("no such pass"), static_cast<ExitCode>(kInternalFault),
         Eq("a fault of the program: no such pass"));
  expect(std::system_error(std::make_error_code(std::errc::bad_address)),
         static_cast<ExitCode>(kInternalFault), Eq("a fault of the program: Bad address"));
}

}  // namespace
}  // namespace gpu_sweep
