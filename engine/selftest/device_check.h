// The check that a device must pass with a group of runs before it trains this group, which may take hours.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

struct DeviceCheck {
  std::string complaint;  ///< one line with the numbers of the first part that failed; empty if none failed
  std::string findings;   ///< the numbers of all parts that were run
  std::vector<Margin> margins;

  bool passed() const { return complaint.empty(); }
};

/// Checks the group in three parts: the products on integers (multiply_integers), the operations one by one
/// (judge_operations), and three steps with smooth functions against the CPU (compare_first_steps). A part
/// runs only if the earlier parts have passed. Each part uses the group's R replicas, and takes no more
/// memory than the group itself. Throws OutOfMemory and the other errors of the lane.
DeviceCheck check_device(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
