#include "engine/sweep/grouping.h"

#include <algorithm>

namespace gpu_sweep {
namespace {

constexpr int kNarrowestHbm = 1024;  // bits of the memory bus; GDDR has at most 512
constexpr std::uint64_t kLargeL2 = std::uint64_t{64} << 20;

bool fits(const Grouping& grouping, const DeviceRoom& room) {
  const std::uint64_t needed =
      room.group_bytes(grouping.replicas) * static_cast<std::uint64_t>(grouping.lanes);
  return needed <= room.free_bytes / 10 * 9;
}

}  // namespace

Grouping grouping_by_rule(const DeviceInfo& device) {
  if (device.device_kind == "cpu") return {1, device.default_lanes};
  const bool has_hbm = device.memory_bus_bits >= kNarrowestHbm;
  return {!has_hbm && device.l2_bytes >= kLargeL2 ? 8 : kUsualReplicas, device.default_lanes};
}

Grouping choose_grouping(const DeviceInfo& device, const GroupingWishes& wishes,
                         const std::optional<Grouping>& tuned, int runs,
                         const std::optional<DeviceRoom>& room) {
  const Grouping wanted = tuned.value_or(grouping_by_rule(device));
  Grouping chosen = {wishes.replicas.value_or(wanted.replicas), wishes.lanes.value_or(wanted.lanes)};
  if (wishes.replicas) return chosen;
  chosen.replicas = std::max(1, std::min(chosen.replicas, runs));
  while (room && chosen.replicas > 1 && !fits(chosen, *room)) --chosen.replicas;
  // Keep the number of groups, with as few replicas as they need: idle replicas take time, too.
  const int groups = (runs + chosen.replicas - 1) / chosen.replicas;
  chosen.replicas = std::max(1, (runs + groups - 1) / std::max(1, groups));
  return chosen;
}

std::vector<Grouping> grouping_candidates(int runs, const std::optional<DeviceRoom>& room) {
  std::vector<Grouping> candidates;
  for (const int lanes : {1, 2, 4}) {
    for (const int replicas : {1, 4, 8, 16, 25, 50, 100, 200}) {
      const Grouping candidate = {replicas, lanes};
      if (replicas <= runs && (!room || fits(candidate, *room))) candidates.push_back(candidate);
    }
  }
  return candidates;
}

}  // namespace gpu_sweep
