// Handles groups that do not fit in memory: they are trained in smaller parts or on fewer lanes.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "engine/lane/out_of_memory.h"
#include "engine/sweep/group_queue.h"
#include "engine/train/group_start.h"

namespace gpu_sweep {

/// Counts the lanes that hold memory for a group; a lane trains one group at a time. If a group does not fit,
/// it is tried again with half its replicas. If it has only one replica, it is tried again with one lane
/// fewer. All members may be called from several threads.
class MemoryRetreat {
 public:
  /// Groups that are to be tried again are put into `queue`. If `on_remark` is not empty, it receives one
  /// line for each departure from the plan.
  MemoryRetreat(GroupQueue& queue, std::function<void(const std::string& line)> on_remark);

  /// Must be called when a lane is about to allocate a group. Returns how many groups have freed their memory
  /// so far.
  int begin_group();

  /// Must be called when a lane has freed the memory of its group.
  void end_group();

  /// Must be called, instead of end_group, when a lane could not allocate the group of `start`. The snapshots
  /// of `start` stay with their runs; its weights are drawn again. `freed_before` is what begin_group
  /// returned. Returns whether this lane takes further groups. Throws `error` if there is nothing smaller to
  /// try, because the group has one replica and the lane had all memory to itself.
  bool give_back(GroupStart start, const OutOfMemory& error, int freed_before);

 private:
  GroupQueue& queue_;
  const std::function<void(const std::string& line)> on_remark_;
  // Held until a group that another lane is to take is back in the queue. Otherwise that lane could finish
  // its own group in between, find the queue empty, and end.
  std::mutex mutex_;
  int lanes_at_work_ = 0;
  int groups_freed_ = 0;
};

}  // namespace gpu_sweep
