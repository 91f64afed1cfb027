#include "engine/sweep/memory_retreat.h"

#include <utility>
#include <vector>

#include "gpu_sweep/planner.h"

namespace gpu_sweep {

MemoryRetreat::MemoryRetreat(GroupQueue& queue, std::function<void(const std::string& line)> on_remark)
    : queue_(queue), on_remark_(std::move(on_remark)) {}

int MemoryRetreat::begin_group() {
  const std::lock_guard lock(mutex_);
  ++lanes_at_work_;
  return groups_freed_;
}

void MemoryRetreat::end_group() {
  const std::lock_guard lock(mutex_);
  --lanes_at_work_;
  ++groups_freed_;
}

bool MemoryRetreat::give_back(const GroupSpec& group, const OutOfMemory& error, int freed_before) {
  const std::lock_guard lock(mutex_);
  --lanes_at_work_;
  const bool splits = group.replicas > 1;
  if (!splits && lanes_at_work_ == 0) {
    if (groups_freed_ == freed_before) throw OutOfMemory(error);
    queue_.give_back({group});  // another group has freed memory meanwhile
    return true;
  }
  const std::vector<GroupSpec> parts = splits ? halves(group) : std::vector<GroupSpec>{group};
  queue_.give_back(parts);
  if (on_remark_) {
    on_remark_(std::string(error.what()) + "; " +
               (splits ? "continuing with groups of " + std::to_string(parts.front().replicas) +
                             " instead of " + std::to_string(group.replicas)
                       : "continuing with one lane fewer"));
  }
  return splits;
}

}  // namespace gpu_sweep
