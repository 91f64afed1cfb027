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

/// Describes any std::exception. An Error keeps its own line and code. A lack of memory or threads becomes
/// kDevice with a line that names the limit, a failed file operation kOutput with its path, and anything else
/// a fault of the program. Rethrows an exception of any other type.
DescribedFailure describe_failure(const std::exception_ptr& failure);

}  // namespace gpu_sweep
