// What a device must show of a group before it may train it for hours.
#pragma once

#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/selftest/margin.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

struct DeviceCheck {
  std::string complaint;  ///< one line with the figures of the first part that fails; empty if none does
  std::string figures;    ///< of all parts that came to their end
  std::vector<Margin> margins;

  bool passed() const { return complaint.empty(); }
};

/// The group's products on integers (multiply_integers), its operations one by one (judge_operations), and
/// three smooth steps against the CPU (compare_first_steps), all with its R replicas and in no more memory
/// than the group itself takes; the later parts only if the earlier ones pass. Throws OutOfMemory, and what
/// the lane throws.
DeviceCheck check_device(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
