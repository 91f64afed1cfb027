// Judging rows, which take part neither in training nor in validation, on every kind of lane.
#include <gtest/gtest.h>

#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct JudgingRowsTest : LaneTest<const char*> {
  JudgingRowsTest() : LaneTest(GetParam()) {}
};

TEST_P(JudgingRowsTest, AreEvaluatedAtTheEndAndChangeNothingElse) {
  const Dataset without = synthetic_dataset(30, 9, 8);
  Dataset with = without;
  with[Split::kJudging] = with[Split::kTrain];  // as many rows as the training split, more than the others
  for (std::uint8_t& label : with[Split::kJudging].labels) label = 0;
  const Trained expected = train_small_run(*make_lane(), without);
  const Trained found = train_small_run(*make_lane(), with);
  const RunRecord &one = expected.records[0], &other = found.records[0];
  EXPECT_FALSE(one.has_rows(Split::kJudging));
  EXPECT_EQ(one[Split::kJudging], SplitMetrics{});
  EXPECT_TRUE(one.confusion_of(Split::kJudging).counts.empty());
  ASSERT_TRUE(other.has_rows(Split::kJudging));
  if (company_is_exact()) {
    EXPECT_EQ(found.weights, expected.weights);
    for (const Split split : kBasicSplits) EXPECT_EQ(other[split], one[split]) << to_string(split);
  }
  for (const Split split : kBasicSplits) {
    EXPECT_EQ(other.confusion_of(split), one.confusion_of(split)) << to_string(split);
  }
  EXPECT_EQ(other.test_predictions, one.test_predictions);

  // The predictions are those for the training rows, but every true class is 0.
  const ConfusionMatrix& matrix = other.confusion_of(Split::kJudging);
  const ConfusionMatrix& train_matrix = one.confusion[0];
  ASSERT_EQ(matrix.classes, train_matrix.classes);
  const auto k = static_cast<std::size_t>(matrix.classes);
  for (std::size_t predicted = 0; predicted < k; ++predicted) {
    std::uint32_t all = 0;
    for (std::size_t label = 0; label < k; ++label) all += train_matrix.counts[label * k + predicted];
    EXPECT_EQ(matrix.counts[predicted], all) << predicted;
  }
  EXPECT_DOUBLE_EQ(other[Split::kJudging].accuracy, matrix.counts[0] / 30.0);
  EXPECT_GT(other[Split::kJudging].loss, 0);
}

INSTANTIATE_TEST_SUITE_P(Lanes, JudgingRowsTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
