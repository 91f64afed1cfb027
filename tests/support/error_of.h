// The message of an expected error.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "gpu_sweep/error.h"

namespace gpu_sweep::test {

/// Returns the message of the Error that `action` must throw. Expects its exit code to be `code` and its
/// message to be one line. If no Error is thrown, the test fails, and an empty string is returned.
inline std::string error_of(ExitCode code, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

}  // namespace gpu_sweep::test
