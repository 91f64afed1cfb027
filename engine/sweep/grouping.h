// Chooses the number of replicas per group, and the number of groups that a device trains at the same time.
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

/// The number of replicas per group on most GPUs, and on a GPU of which no properties are known.
constexpr int kUsualReplicas = 50;

/// Returns a grouping that suits the caches of a device. It is computed from the device's properties, not
/// measured.
/// On a CPU, there is one replica per group and one lane per core. On a GPU, there are two lanes. Their
/// groups have 8 replicas if the memory is GDDR and the L2 has at least 64 MiB, because the data of a step
/// then stay in L2. Otherwise they have kUsualReplicas replicas: with high-bandwidth memory there is no point
/// in keeping the data in L2, and a smaller L2 could not hold the data of several replicas.
Grouping grouping_by_rule(const DeviceInfo& device);

struct GroupingWishes {
  std::optional<int> replicas;
  std::optional<int> lanes;
};

/// The free memory of a device after everything is loaded, and the memory that a group takes.
struct DeviceRoom {
  std::uint64_t free_bytes = 0;
  std::function<std::uint64_t(int replicas)> group_bytes;
};

/// Returns the grouping in `wishes`. What the user leaves open is taken from `tuned`, which was measured on
/// this card, or else from grouping_by_rule. If the user did not choose the number of replicas, it is at most
/// `runs`, the largest number of runs that could be in one group, and all lanes together use at most 90 % of
/// `room`, if `room` is known and groups of one replica fit in it. It is then lowered as long as the runs do
/// not need another group, because idle replicas take time, too.
Grouping choose_grouping(const DeviceInfo& device, const GroupingWishes& wishes,
                         const std::optional<Grouping>& tuned, int runs,
                         const std::optional<DeviceRoom>& room);

/// Returns the groupings that are worth timing. They have at most `runs` replicas and, if `room` is known,
/// use at most 90 % of it.
std::vector<Grouping> grouping_candidates(int runs, const std::optional<DeviceRoom>& room);

}  // namespace gpu_sweep
