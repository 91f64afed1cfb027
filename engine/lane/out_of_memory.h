// The error for too little memory on a device. It has a type of its own because a smaller request may still
// succeed.
#pragma once

#include <cstdint>
#include <string>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

/// A lane that has thrown this error, for example from `allocate` or `compile`, stays usable.
class OutOfMemory : public Error {
 public:
  /// The message is "out of memory on cuda:0: 1024 bytes asked for, 512 free", followed by " under the limit
  /// of ..." if there is a limit.
  OutOfMemory(const std::string& device, std::uint64_t need, std::uint64_t have,
              const std::string& limit = "")
      : OutOfMemory(device, std::to_string(need) + " bytes asked for", have, limit) {}

  /// For failures in which the number of bytes needed is unknown. The message names the step that failed:
  /// "out of memory on cuda:0: instantiating a graph, 512 free".
  OutOfMemory(const std::string& device, const std::string& what, std::uint64_t have,
              const std::string& limit = "")
      : Error(ExitCode::kDevice, "out of memory on " + device + ": " + what + ", " + std::to_string(have) +
                                     " free" + (limit.empty() ? "" : " under " + limit)) {}
};

}  // namespace gpu_sweep
