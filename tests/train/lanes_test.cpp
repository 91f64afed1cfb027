// Lanes share a device, and no result depends on their number.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "gpu_sweep/scheduler.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct LanesTest : LaneTest<const char*> {
  LanesTest() : LaneTest(GetParam()) {}
};

using Results = std::map<std::uint64_t, std::pair<RunRecord, Weights>>;  // by seed

TEST_P(LanesTest, TwoLanesGiveTheBitsOfOne) {
  const Dataset dataset = synthetic_dataset(40, 9, 7);
  std::vector<GroupSpec> groups;
  for (const std::uint64_t first : {1, 3, 5}) {
    std::vector<RunSpec> runs(2);
    for (std::size_t r = 0; r < runs.size(); ++r) {
      runs[r].seed = first + r;
      runs[r].model.hidden = {9};
      runs[r].model.batch_size = 16;
      runs[r].model.epochs = 2;
    }
    groups.push_back(group_of_runs(dataset, runs, 2));
    groups.back().keep_probabilities = true;
  }
  DeviceChoice devices;
  devices.backend = backend_;
  devices.indices = {0};
  const auto train_on = [&](int lanes) {
    Results results;
    SweepEvents events;
    events.wants_weights = true;
    events.on_run = [&](const RunRecord& run, const Weights& weights) { results[run.seed] = {run, weights}; };
    EXPECT_EQ(run_groups(groups, dataset, devices, {.lanes = lanes, .events = events}).runs_done, 6);
    return results;
  };
  const Results one = train_on(1), two = train_on(2);
  ASSERT_EQ(one.size(), 6u);
  ASSERT_EQ(two.size(), 6u);
  for (const auto& [seed, expected] : one) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto& [record, weights] = two.at(seed);
    EXPECT_EQ(record.history, expected.first.history);
    EXPECT_EQ(record.final, expected.first.final);
    EXPECT_EQ(record.test_predictions, expected.first.test_predictions);
    EXPECT_EQ(record.test_probabilities.size(), 7u * 4u);
    EXPECT_EQ(record.test_probabilities, expected.first.test_probabilities);
    EXPECT_EQ(weights, expected.second);
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, LanesTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
