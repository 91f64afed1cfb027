// Out of memory on a device: a separate error type, since a smaller request may still succeed.
#pragma once

#include <cstdint>
#include <string>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

/// A lane throws this only from `allocate` and `compile`, and stays usable.
class OutOfMemory : public Error {
 public:
  /// Reads "out of memory on cuda:0: 1024 bytes asked for, 512 free", and " under the limit of ..." if there
  /// is a limit.
  OutOfMemory(const std::string& device, std::uint64_t need, std::uint64_t have,
              const std::string& limit = "")
      : OutOfMemory(device, std::to_string(need) + " bytes asked for", have, limit) {}

  /// Names the failed step if the bytes needed are unknown: "out of memory on cuda:0: instantiating a graph,
  /// 512 free".
  OutOfMemory(const std::string& device, const std::string& what, std::uint64_t have,
              const std::string& limit = "")
      : Error(ExitCode::kDevice, "out of memory on " + device + ": " + what + ", " + std::to_string(have) +
                                     " free" + (limit.empty() ? "" : " under " + limit)) {}
};

}  // namespace gpu_sweep
