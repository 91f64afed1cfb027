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
  return {!has_hbm && device.l2_bytes >= kLargeL2 ? 8 : 50, device.default_lanes};
}

Grouping choose_grouping(const DeviceInfo& device, const GroupingWishes& wishes,
                         const std::optional<Grouping>& tuned, int runs,
                         const std::optional<DeviceRoom>& room) {
  const Grouping wanted = tuned.value_or(grouping_by_rule(device));
  Grouping chosen = {wishes.replicas.value_or(wanted.replicas), wishes.lanes.value_or(wanted.lanes)};
  if (wishes.replicas) return chosen;
  chosen.replicas = std::max(1, std::min(chosen.replicas, runs));
  if (!room) return chosen;
  while (chosen.replicas > 1 && !fits(chosen, *room)) --chosen.replicas;
  return chosen;
}

}  // namespace gpu_sweep
