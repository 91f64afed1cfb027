// The queue draws weights before the lanes need them. They must equal the weights that the lanes would draw.
#include "engine/sweep/group_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

class Queue : public testing::Test {
 protected:
  ~Queue() override { ended_.request_stop(); }

  GroupSpec group(std::uint64_t seed, int runs = 2, int width = 5, bool vary_init = true) const {
    ModelSpec model;
    model.hidden = {width};
    model.vary.init = vary_init;
    std::vector<RunSpec> specs;
    for (int i = 0; i < runs; ++i) specs.push_back({model, seed + static_cast<std::uint64_t>(i), {}});
    return group_of_runs(dataset_, specs, runs);
  }

  /// Returns a source that gives the groups of `left_` in their order.
  GroupSource source() {
    return [this](const std::stop_token&) -> std::optional<GroupSpec> {
      if (left_.empty()) return std::nullopt;
      GroupSpec next = left_.front();
      left_.erase(left_.begin());
      return next;
    };
  }

  /// Returns a callback for GroupQueue. It asks for the weights of every group to be drawn, and counts its
  /// calls.
  std::function<bool(const GroupSpec&)> draws() {
    return [this](const GroupSpec&) {
      ++begun_;
      return true;
    };
  }

  /// Waits until the queue has asked whether to draw the weights of group `number`. It asks only while no
  /// lane waits.
  void wait_for_draw(int number) const {
    while (begun_ < number) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  const Dataset dataset_ = synthetic_dataset(32, 8, 8);
  std::vector<GroupSpec> left_;
  std::stop_source ended_;
  std::atomic<int> begun_ = 0;
};

TEST_F(Queue, InitialWeightsThatDoNotVaryAreThoseOfTheFixedSeed) {
  left_ = {group(3, 2, 5, false)};
  const GroupSource next = source();
  GroupQueue queue(next, draws(), ended_.get_token());
  wait_for_draw(1);
  const std::optional<GroupStart> taken = queue.pop();
  ASSERT_TRUE(taken);
  const Weights expected = initial_weights(taken->group.shape, kFixedSeed);
  EXPECT_THAT(taken->initial, testing::ElementsAre(expected, expected));
}

TEST_F(Queue, TheNextGroupsWeightsAreDrawnWhileNoLaneWaits) {
  left_ = {group(3), group(7)};
  const GroupSource next = source();
  GroupQueue queue(next, draws(), ended_.get_token());
  for (int number = 1; number <= 2; ++number) {
    wait_for_draw(number);
    const std::optional<GroupStart> taken = queue.pop();
    ASSERT_TRUE(taken);
    ASSERT_EQ(taken->initial.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(taken->initial[i], initial_weights(taken->group.shape, taken->group.runs[i].seed));
    }
    EXPECT_NE(taken->initial[0], taken->initial[1]);
  }
  EXPECT_FALSE(queue.pop());
  EXPECT_FALSE(queue.pop());
}

TEST_F(Queue, WeightsThatTakeTooMuchMemoryAreLeftToTheLane) {
  left_ = {group(0, 500, 4096)};  // 336 MB of weights
  const GroupSource next = source();
  GroupQueue queue(next, draws(), ended_.get_token());
  wait_for_draw(1);
  const std::optional<GroupStart> taken = queue.pop();
  ASSERT_TRUE(taken);
  EXPECT_THAT(taken->initial, testing::IsEmpty());
}

TEST_F(Queue, ReturnedGroupsComeNextWithoutDrawnWeights) {
  left_ = {group(1), group(3)};
  const GroupSource next = source();
  GroupQueue queue(next, draws(), ended_.get_token());
  EXPECT_EQ(queue.pop()->group.runs[0].seed, 1U);
  queue.give_back({{group(10)}, {group(20)}});
  const std::optional<GroupStart> returned = queue.pop();
  EXPECT_EQ(returned->group.runs[0].seed, 10U);
  EXPECT_THAT(returned->initial, testing::IsEmpty());
  EXPECT_EQ(queue.pop()->group.runs[0].seed, 20U);
  EXPECT_EQ(queue.pop()->group.runs[0].seed, 3U);
  EXPECT_FALSE(queue.pop());
}

TEST_F(Queue, WhatTheSourceThrowsReachesTheLanes) {
  const GroupSource next = [](const std::stop_token&) -> std::optional<GroupSpec> {
    throw std::runtime_error("no more orders");
  };
  GroupQueue queue(next, draws(), ended_.get_token());
  EXPECT_THAT([&] { queue.pop(); }, testing::ThrowsMessage<std::runtime_error>("no more orders"));
}

TEST_F(Queue, AStopReleasesALaneThatWaitsForTheSource) {
  const GroupSource next = [](const std::stop_token& ended) -> std::optional<GroupSpec> {
    while (!ended.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::nullopt;
  };
  GroupQueue queue(next, draws(), ended_.get_token());
  const std::jthread stops([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    ended_.request_stop();
  });
  EXPECT_FALSE(queue.pop());
}

}  // namespace
}  // namespace gpu_sweep::test
