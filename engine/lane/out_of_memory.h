// No room on a device, told apart from other failures since less may still fit.
#pragma once

#include <cstdint>
#include <string>

#include "engine/error.h"

namespace gpu_sweep {

/// Comes from `allocate` and `compile` alone: the lane that throws it can be used on.
class OutOfMemory : public Error {
 public:
  /// "out of memory on cuda:0: 1024 bytes asked for, 512 free"; then " under the limit of ..." where there is
  /// one.
  OutOfMemory(const std::string& device, std::uint64_t need, std::uint64_t have,
              const std::string& limit = "")
      : OutOfMemory(device, std::to_string(need) + " bytes asked for", have, limit) {}

  /// The same where only what was done is known: "out of memory on cuda:0: instantiating a graph, 512 free".
  OutOfMemory(const std::string& device, const std::string& what, std::uint64_t have,
              const std::string& limit = "")
      : Error(ExitCode::kDevice, "out of memory on " + device + ": " + what + ", " + std::to_string(have) +
                                     " free" + (limit.empty() ? "" : " under " + limit)) {}
};

}  // namespace gpu_sweep
