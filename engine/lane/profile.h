// The time per operation, which the lanes of the CPU measure for --profile.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace gpu_sweep {

/// Totals for one kind of operation at one shape.
struct OpTime {
  double seconds = 0;
  std::uint64_t calls = 0;
  double flops = 0;  ///< FLOPs of matrix products
  double bytes = 0;  ///< the least that the operation must read and write (engine/program/operands.h)
};

/// Sums the times that the lanes of the CPU report. May be used from several threads.
class Profile {
 public:
  void add(const std::string& label, const OpTime& time);

  /// Returns the totals, the slowest operation first.
  std::vector<std::pair<std::string, OpTime>> by_time() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, OpTime> times_;
};

}  // namespace gpu_sweep
