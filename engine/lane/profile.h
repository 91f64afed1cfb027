// Time by operation, for --profile.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep {

/// What one kind of operation at one shape has taken so far, over all lanes.
struct OpTime {
  double seconds = 0;
  std::uint64_t calls = 0;
  double flops = 0;  ///< of products
  double bytes = 0;  ///< that the operation must at least read and write (program/op_cost.h)
};

/// Where lanes put their times. Safe to use from several threads.
class Profile {
 public:
  void add(const std::string& label, const OpTime& time);

  /// The slowest first.
  std::vector<std::pair<std::string, OpTime>> by_time() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, OpTime> times_;
};

/// Name and shape of an operation, such as "gemm_forward 256x784x256" (batch x inputs x outputs).
std::string profile_label(const Op& op);

}  // namespace gpu_sweep
