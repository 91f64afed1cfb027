// Turns exceptions into messages and exit codes.
#pragma once

#include <exception>
#include <string>

namespace gpu_sweep {

constexpr int kInternalFault = 1;  ///< exit code for a fault of the program itself

struct DescribedFailure {
  int exit_code = kInternalFault;
  std::string text;  ///< one line
};

/// Describes any std::exception. An Error keeps its own line and exit code. A lack of memory or of
/// threads becomes kDevice with a line that names the limit, if one is set. A failed file operation
/// becomes kOutput with the file's path. Any other std::exception is described as a fault of the program.
/// Exceptions that are not derived from std::exception are rethrown.
DescribedFailure describe_failure(const std::exception_ptr& failure);

}  // namespace gpu_sweep
