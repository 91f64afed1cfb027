// Retries groups that do not fit in memory, in smaller parts or on fewer lanes.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "engine/lane/out_of_memory.h"
#include "engine/sweep/group_queue.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Counts the lanes that hold the memory of a group. A group that does not fit beside those of the other
/// lanes is tried again with half its replicas or, if it has one replica, with one lane fewer. All members
/// may be called from several threads.
class MemoryRetreat {
 public:
  /// Groups to try again go to `queue`. `on_remark`, if not empty, receives one line for each departure from
  /// the plan.
  MemoryRetreat(GroupQueue& queue, std::function<void(const std::string& line)> on_remark);

  /// Call when a lane is about to allocate a group. Returns how many groups have freed their memory so far.
  int begin_group();

  /// Call when a lane has freed the memory of its group.
  void end_group();

  /// Call instead of end_group when a lane could not allocate `group`. `freed_before` is the result of
  /// begin_group. Returns whether this lane takes further groups. Throws `error` if nothing smaller is left
  /// to try: the group has one replica, and the lane had all memory to itself.
  bool give_back(const GroupSpec& group, const OutOfMemory& error, int freed_before);

 private:
  GroupQueue& queue_;
  const std::function<void(const std::string& line)> on_remark_;
  // Held while a group returns to the queue, so that no other lane finds the queue empty and ends in between.
  std::mutex mutex_;
  int lanes_at_work_ = 0;
  int groups_freed_ = 0;
};

}  // namespace gpu_sweep
