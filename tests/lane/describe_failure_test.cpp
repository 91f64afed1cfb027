#include "engine/lane/describe_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <system_error>

#include "engine/error.h"

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

TEST(DescribeFailure, NamesAFile) {
  expect(std::filesystem::filesystem_error("status", "a/b", std::make_error_code(std::errc::io_error)),
         ExitCode::kOutput, Eq("cannot read a/b: Input/output error"));
}

TEST(DescribeFailure, AnythingElseIsAFaultOfTheProgram) {
  expect(std::logic_error("no such pass"), static_cast<ExitCode>(kInternalFault),
         Eq("a fault of the program: no such pass"));
  expect(std::system_error(std::make_error_code(std::errc::bad_address)),
         static_cast<ExitCode>(kInternalFault), Eq("a fault of the program: Bad address"));
}

}  // namespace
}  // namespace gpu_sweep
