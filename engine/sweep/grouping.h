// How many replicas a group has, and how many groups a device trains at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/lane/device.h"

namespace gpu_sweep {

struct Grouping {
  int replicas = 1;  ///< nominal R of a group
  int lanes = 1;     ///< of a device
  friend bool operator==(const Grouping&, const Grouping&) = default;
};

/// Replicas of a group on a GPU that nothing else is known of.
constexpr int kUsualReplicas = 50;

/// What suits a device by its caches (computed, not measured). On a CPU one replica a core. On a GPU two
/// lanes; kUsualReplicas each where all that a step moves passes through memory anyway: with high-bandwidth
/// memory, or an L2 too small for several replicas. With GDDR memory and 64 MB of L2 or more 8 each, which
/// stay in L2.
Grouping grouping_by_rule(const DeviceInfo& device);

/// What a user asked for.
struct GroupingWishes {
  std::optional<int> replicas;
  std::optional<int> lanes;
};

/// Memory of a device once everything is loaded, and what a group takes of it.
struct DeviceRoom {
  std::uint64_t free_bytes = 0;
  std::function<std::uint64_t(int replicas)> group_bytes;
};

/// Wishes first, then `tuned`, measured on this card, then the rule. What was not wished for never exceeds
/// `runs`, the most that one group could take, nor 90 % of `room`, if that is known, over all lanes; and
/// where several groups take the runs, they are of one size.
Grouping choose_grouping(const DeviceInfo& device, const GroupingWishes& wishes,
                         const std::optional<Grouping>& tuned, int runs,
                         const std::optional<DeviceRoom>& room);

/// Groupings worth timing, of at most `runs` replicas and within 90 % of `room`.
std::vector<Grouping> grouping_candidates(int runs, const std::optional<DeviceRoom>& room);

}  // namespace gpu_sweep
