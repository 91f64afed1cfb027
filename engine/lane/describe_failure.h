// Turns exceptions into messages and exit codes. This is the only place that does.
#pragma once

#include <exception>
#include <string>

namespace gpu_sweep {

constexpr int kInternalFault = 1;  ///< exit code for a fault of the program itself

struct DescribedFailure {
  int exit_code = kInternalFault;
  std::string text;  ///< one line
};

/// Describes any std::exception: an Error by its own line and code, lack of memory or threads as a limit of
/// the machine (kDevice) that the line names, a failed file operation by its path (kOutput), and anything
/// else as a fault of the program. Rethrows an exception of any other type.
DescribedFailure describe_failure(const std::exception_ptr& failure);

}  // namespace gpu_sweep
