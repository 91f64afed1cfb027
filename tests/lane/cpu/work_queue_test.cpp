#include "engine/lane/cpu/work_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

namespace gpu_sweep {
namespace {

TEST(WorkQueue, RunsTasksInOrderOnOneThread) {
  std::vector<int> seen;
  WorkQueue queue([&] { seen.push_back(-1); });
  for (int i = 0; i < 100; ++i) queue.push([&seen, i] { seen.push_back(i); });
  queue.wait();
  ASSERT_EQ(seen.size(), 101u);
  for (int i = 0; i < 101; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i - 1);
}

TEST(WorkQueue, TheFirstErrorSticksAndDropsWhatFollows) {
  bool ran = false;
  WorkQueue queue([] {});
  queue.push([] { throw std::runtime_error("first"); });
  queue.push([&] { ran = true; });
  for (int i = 0; i < 2; ++i) {
    try {
      queue.wait();
      FAIL() << "wait did not throw";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "first");
    }
  }
  EXPECT_FALSE(ran);
}

TEST(WorkQueue, ClosingDoesNotWaitForQueuedTasks) {
  auto promise = std::make_shared<std::promise<void>>();
  const std::future<void> dropped = promise->get_future();
  bool ran = false;
  {
    WorkQueue queue([] {});
    queue.push([&] { dropped.wait_for(std::chrono::seconds(30)); });  // until the next task is dropped
    queue.push([&ran, promise = std::move(promise)] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace gpu_sweep
