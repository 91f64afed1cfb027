#include "engine/sweep/memory_retreat.h"

#include <utility>
#include <vector>

#include "gpu_sweep/planner.h"

namespace gpu_sweep {
namespace {

/// Returns what `halves` makes of a group with more than one replica, and otherwise the group itself.
std::vector<GroupStart> parts_of(GroupStart start) {
  const std::vector<GroupSpec> groups =
      start.group.replicas > 1 ? halves(start.group) : std::vector<GroupSpec>{start.group};
  std::vector<GroupStart> parts;
  auto snapshot = start.snapshots.begin();
  for (const GroupSpec& group : groups) {
    GroupStart& part = parts.emplace_back(GroupStart{group});
    part.times = start.times;
    if (start.snapshots.empty()) continue;
    for (std::size_t i = 0; i < group.runs.size(); ++i) part.snapshots.push_back(std::move(*snapshot++));
  }
  return parts;
}

}  // namespace

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

bool MemoryRetreat::give_back(GroupStart start, const OutOfMemory& error, int freed_before) {
  const std::lock_guard lock(mutex_);
  --lanes_at_work_;
  const int replicas = start.group.replicas;
  const bool splits = replicas > 1;
  if (!splits && lanes_at_work_ == 0 && groups_freed_ == freed_before) throw OutOfMemory(error);
  std::vector<GroupStart> parts = parts_of(std::move(start));
  const int smaller = parts.front().group.replicas;
  queue_.give_back(std::move(parts));
  if (!splits && lanes_at_work_ == 0) return true;  // another group has freed memory meanwhile
  if (on_remark_) {
    on_remark_(std::string(error.what()) + "; " +
               (splits ? "continuing with groups of " + std::to_string(smaller) + " instead of " +
                             std::to_string(replicas)
                       : "continuing with one lane fewer"));
  }
  return splits;
}

}  // namespace gpu_sweep
