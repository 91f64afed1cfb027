#include "engine/lane/profile.h"

#include <algorithm>

namespace gpu_sweep {
void Profile::add(const std::string& label, const OpTime& time) {
  const std::lock_guard lock(mutex_);
  OpTime& sum = times_[label];
  sum.seconds += time.seconds;
  sum.calls += time.calls;
  sum.flops += time.flops;
  sum.bytes += time.bytes;
}

std::vector<std::pair<std::string, OpTime>> Profile::by_time() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, OpTime>> sorted(times_.begin(), times_.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  return sorted;
}

}  // namespace gpu_sweep
