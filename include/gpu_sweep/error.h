// Failures that a user can cause or encounter: a message of one line and an exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace gpu_sweep {

enum class ExitCode : int {
  kDone = 0,
  kUsage = 2,    ///< command line or experiment
  kData = 3,     ///< data set or weights file
  kDevice = 4,   ///< no such device, lost device, out of device memory
  kOutput = 5,   ///< disk full, permission
  kBusy = 6,     ///< output directory in use
  kCorrupt = 8,  ///< run store damaged
};

/// The message is one line. It names the file, key or flag and, for an invalid value, what was found and what
/// was expected.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Throws the error for a file or an array whose content is not what was expected. The message is "NAME:
/// WHAT".
[[noreturn]] inline void refuse_data(const std::string& name, const std::string& what) {
  throw Error(ExitCode::kData, name + ": " + what);
}

/// No space is left on the disk or in the user's quota. The same call may succeed later.
class OutOfSpace : public Error {
 public:
  explicit OutOfSpace(const std::string& message) : Error(ExitCode::kOutput, message) {}
};

}  // namespace gpu_sweep
