// The choice of replicas per group and of lanes, for simulated devices.
#include "engine/sweep/grouping.h"

#include <gtest/gtest.h>

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

DeviceInfo card(int memory_bus_bits, std::uint64_t l2_bytes) {
  DeviceInfo device;
  device.device_kind = "cuda";
  device.default_lanes = 2;
  device.memory_bus_bits = memory_bus_bits;
  device.l2_bytes = l2_bytes;
  return device;
}

const DeviceInfo kH100 = card(5120, 50 * kMiB);
const DeviceInfo kRtx4090 = card(384, 72 * kMiB);
const DeviceInfo kRtx3090 = card(384, 6 * kMiB);

/// Returns the room on a device on which a group takes 5 MiB, and 10 MiB more per replica.
DeviceRoom room(std::uint64_t free_bytes) {
  return {free_bytes, [](int replicas) { return (static_cast<std::uint64_t>(replicas) * 10 + 5) * kMiB; }};
}

TEST(Grouping, FollowsMemoryAndL2) {
  EXPECT_EQ(grouping_by_rule(kH100), (Grouping{50, 2}));
  EXPECT_EQ(grouping_by_rule(kRtx4090), (Grouping{8, 2}));
  EXPECT_EQ(grouping_by_rule(kRtx3090), (Grouping{50, 2}));
  EXPECT_EQ(grouping_by_rule(card(5120, 64 * kMiB)), (Grouping{50, 2}));
  DeviceInfo cpu;
  cpu.device_kind = "cpu";
  cpu.default_lanes = 12;
  EXPECT_EQ(grouping_by_rule(cpu), (Grouping{1, 12}));
}

TEST(Grouping, WishesPrecedeTunedValuesWhichPrecedeTheRule) {
  const Grouping tuned = {20, 3};
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 100, {}), (Grouping{50, 2}));
  EXPECT_EQ(choose_grouping(kH100, {}, tuned, 100, {}), tuned);
  EXPECT_EQ(choose_grouping(kH100, {{7}, {}}, tuned, 100, {}), (Grouping{7, 3}));
  EXPECT_EQ(choose_grouping(kH100, {{}, {5}}, tuned, 100, {}), (Grouping{20, 5}));
}

TEST(Grouping, NeverExceedsTheRunsUnlessRequested) {
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 12, {}).replicas, 12);
  EXPECT_EQ(choose_grouping(kH100, {{40}, {}}, {}, 12, {}).replicas, 40);
}

TEST(Grouping, TheGroupsOfAShapeHaveEqualSizes) {
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 60, {}).replicas, 30);
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 101, {}).replicas, 34);
}

TEST(Grouping, CandidatesFitTheRunsAndTheMemory) {
  const auto all = grouping_candidates(1000, {});
  EXPECT_EQ(all.size(), 24U);
  for (const Grouping& candidate : grouping_candidates(20, room(200 * kMiB))) {
    EXPECT_LE(candidate.replicas, 16);
    EXPECT_LE(candidate.lanes * (candidate.replicas * 10 + 5), 180);
  }
  EXPECT_EQ(grouping_candidates(20, room(200 * kMiB)).size(), 4U + 3U + 2U);
}

TEST(Grouping, KeepsATenthOfTheMemoryFree) {
  // Two lanes of 50 replicas take 1010 MiB. This fits in 90 % of 1123 MiB, but not in 90 % of 1122 MiB, where
  // 100 runs therefore need three groups.
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 100, room(1123 * kMiB)).replicas, 50);
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 100, room(1122 * kMiB)).replicas, 34);
  EXPECT_EQ(choose_grouping(kH100, {}, Grouping{50, 4}, 100, room(1123 * kMiB)), (Grouping{20, 4}));
  EXPECT_EQ(choose_grouping(kH100, {}, {}, 100, room(1)).replicas, 1);
  EXPECT_EQ(choose_grouping(kH100, {{50}, {}}, {}, 100, room(1)).replicas, 50);
}

}  // namespace
}  // namespace gpu_sweep
