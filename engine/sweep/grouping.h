// Chooses the replicas per group, and the number of groups that a device trains at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "gpu_sweep/device.h"

namespace gpu_sweep {

struct Grouping {
  int replicas = 1;  ///< nominal number per group
  int lanes = 1;     ///< per device
  friend bool operator==(const Grouping&, const Grouping&) = default;
};

/// Replicas per group on a GPU of unknown properties.
constexpr int kUsualReplicas = 50;

/// Returns the grouping that suits a device's caches (computed, not measured). On a CPU: one replica per
/// core. On a GPU: two lanes. Each trains kUsualReplicas replicas if there is no point in keeping a step's
/// data in L2: the memory is high-bandwidth, or the L2 is too small for several replicas. With GDDR memory
/// and at least 64 MiB of L2, each trains 8 replicas, whose data stay in L2.
Grouping grouping_by_rule(const DeviceInfo& device);

/// The user's choices.
struct GroupingWishes {
  std::optional<int> replicas;
  std::optional<int> lanes;
};

/// Free memory of a device once everything is loaded, and the memory that a group takes.
struct DeviceRoom {
  std::uint64_t free_bytes = 0;
  std::function<std::uint64_t(int replicas)> group_bytes;
};

/// Returns the grouping of `wishes`. What the user leaves open comes from `tuned`, which was measured on this
/// card, or otherwise from grouping_by_rule. If the user did not choose the number of replicas, it is at most
/// `runs` (the most that one group could hold), and all lanes together stay within 90 % of `room`, if known.
/// If the runs need several groups, the groups have equal sizes.
Grouping choose_grouping(const DeviceInfo& device, const GroupingWishes& wishes,
                         const std::optional<Grouping>& tuned, int runs,
                         const std::optional<DeviceRoom>& room);

/// Returns the groupings worth timing, with at most `runs` replicas and within 90 % of `room`.
std::vector<Grouping> grouping_candidates(int runs, const std::optional<DeviceRoom>& room);

}  // namespace gpu_sweep
