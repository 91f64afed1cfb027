// Training without validation rows, on every kind of lane.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/runs_of_models.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct NoValidationTest : LaneTest<const char*> {
  NoValidationTest() : LaneTest(GetParam()) {}
};

TEST_P(NoValidationTest, TrainsToTheSameBitsAndHasNoMetricsOfThatSplit) {
  const Dataset whole = synthetic_dataset(30, 9, 8);
  Dataset without = whole;
  without[Split::kValidation] = {};
  const Trained expected = train_small_run(*make_lane(), whole);
  const Trained found = train_small_run(*make_lane(), without);
  const RunRecord &one = expected.records[0], &other = found.records[0];
  if (company_is_exact()) {
    EXPECT_EQ(found.weights, expected.weights);
  }
  ASSERT_EQ(other.history.size(), 3u);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_NEAR(other.history[epoch].loss, one.history[epoch].loss, 1e-6) << epoch;
    EXPECT_TRUE(std::isnan(other.history[epoch].val_loss) && std::isnan(other.history[epoch].val_accuracy));
  }
  EXPECT_EQ(other.test_predictions, one.test_predictions);
  EXPECT_TRUE(std::isnan(other[Split::kValidation].loss) && std::isnan(other[Split::kValidation].accuracy));
  EXPECT_FALSE(other.has_rows(Split::kValidation));
  EXPECT_TRUE(other.has_rows(Split::kTrain) && one.has_rows(Split::kValidation));
  EXPECT_FALSE(other.diverged_epoch.has_value());
  EXPECT_TRUE(is_finite(other));
}

INSTANTIATE_TEST_SUITE_P(Lanes, NoValidationTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
