// The check that a device must pass with a group before it may train that group for hours.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

struct DeviceCheck {
  std::string complaint;  ///< one line with the numbers of the first part that fails; empty if none does
  std::string findings;   ///< the numbers of all finished parts
  std::vector<Margin> margins;

  bool passed() const { return complaint.empty(); }
};

/// Checks the group's products on integers (multiply_integers), its operations one by one (judge_operations),
/// and three smooth steps against the CPU (compare_first_steps). Each part uses the group's R replicas, takes
/// no more memory than the group itself, and runs only if the earlier parts pass. Throws OutOfMemory and the
/// lane's other errors.
DeviceCheck check_device(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
