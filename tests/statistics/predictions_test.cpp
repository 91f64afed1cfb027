#include "engine/statistics/predictions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/confusion.h"
#include "engine/statistics/methods/proportion.h"
#include "engine/statistics/new_images.h"
#include "engine/statistics/sampling_error.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

/// Four test images of three classes, and three runs of the model "a".
class PredictionsTest : public testing::Test {
 protected:
  PredictionsTest() {
    add_runs(runs_, "a", {0, 0, 0});
    runs_[0].test_predictions = {0, 1, 2, 0};
    runs_[1].test_predictions = {0, 1, 1, 2};
    runs_[2].test_predictions = {0, 2, 1, 2};
    models_ = runs_by_model(synthetic_experiment({"a"}, 3), runs_);
  }
  const std::vector<std::uint8_t> labels_ = {0, 1, 2, 1};
  std::vector<RunRecord> runs_;
  std::vector<ModelRuns> models_;
};

TEST_F(PredictionsTest, MajorityVote) {
  EXPECT_EQ(ensemble_accuracy(models_[0], labels_, 3), 0.5);
  EXPECT_FALSE(ensemble_accuracy(models_[0], std::vector<std::uint8_t>{0, 1}, 3)) << "another test set";
}

TEST_F(PredictionsTest, VotesTieToTheLowestClass) {
  runs_[2].diverged_epoch = 1;
  models_ = runs_by_model(synthetic_experiment({"a"}, 3), runs_);
  EXPECT_EQ(ensemble_accuracy(models_[0], std::vector<std::uint8_t>{0, 1, 1, 0}, 3), 1);
}

TEST_F(PredictionsTest, ChurnIsTheMeanOverPairs) {
  // On image 0, no pair of runs disagrees. On each of images 1, 2 and 3, two of the three pairs disagree.
  EXPECT_DOUBLE_EQ(churn(models_[0], 3).value(), 2.0 / 3 * 3 / 4);
}

TEST_F(PredictionsTest, OneRunHasNoChurn) {
  runs_.resize(1);
  EXPECT_FALSE(churn(runs_by_model(synthetic_experiment({"a"}, 1), runs_)[0], 3));
}

TEST_F(PredictionsTest, MostMistakenImages) {
  const auto images = most_mistaken(models_, labels_, 3, 10);
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[0].index, 3);
  EXPECT_EQ(images[0].wrong_share, 1);
  EXPECT_EQ(images[0].label, 1);
  EXPECT_EQ(images[0].most_common_mistake, 2);
  EXPECT_DOUBLE_EQ(images[0].most_common_share, 2.0 / 3);
  EXPECT_EQ(images[1].index, 2);
  EXPECT_EQ(images[1].most_common_mistake, 1);
  EXPECT_EQ(images[2].index, 1);
  EXPECT_EQ(most_mistaken(models_, labels_, 3, 1).size(), 1U);
}

TEST_F(PredictionsTest, SamplingErrorIsOverImages) {
  // The shares of right runs are 1, 2/3, 1/3 and 0, so their sample variance is 5/27.
  EXPECT_NEAR(test_standard_error(models_[0], labels_), std::sqrt(5.0 / 27 / 4), 1e-12);
  EXPECT_TRUE(std::isnan(test_standard_error(models_[0], {})));
  EXPECT_DOUBLE_EQ(binomial_standard_error(0.9, 10'000), 0.003);
}

TEST_F(PredictionsTest, TwoWayAnalysisIsOverCommonSeeds) {
  add_runs(runs_, "b", {0, 0, 0, 0});
  for (std::size_t i = 3; i < 7; ++i) runs_[i].test_predictions = {0, 1, 2, 1};
  runs_[6].test_predictions = {1, 2, 0, 0};  // the run with seed 3, which model "a" does not have
  models_ = runs_by_model(synthetic_experiment({"a", "b"}, 4), runs_);
  const std::optional<TwoWay> found = TestAnswers(models_, labels_).compare(0, 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->runs, 3);
  EXPECT_EQ(found->images, 4);
  EXPECT_EQ(found->differing_images, 3);
  EXPECT_DOUBLE_EQ(found->on_these_images.mean, (3 + 2 + 1) / 12.0 - 1);
  EXPECT_FALSE(found->enough_images());
  EXPECT_FALSE(TestAnswers(models_, {}).compare(0, 1)) << "without labels";
}

TEST(Confusion, MeanSpreadRecallAndPairs) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.5, 0.5});
  runs[0].confusion[2] = {3, {8, 2, 0, 1, 9, 0, 0, 3, 7}};
  runs[1].confusion[2] = {3, {6, 4, 0, 1, 9, 0, 0, 5, 5}};
  const auto models = runs_by_model(synthetic_experiment({"a"}, 2), runs);
  const ConfusionStatistics found = confusion_statistics(models[0], Split::kTest);
  EXPECT_EQ(found.classes, 3);
  EXPECT_EQ(found.mean, (std::vector<double>{7, 3, 0, 1, 9, 0, 0, 4, 6}));
  EXPECT_EQ(found.std_n, (std::vector<double>{1, 1, 0, 0, 0, 0, 0, 1, 1}));
  ASSERT_EQ(found.recall.size(), 3U);
  EXPECT_EQ(found.recall[0].images, 10);
  EXPECT_DOUBLE_EQ(found.recall[0].mean, 0.7);
  EXPECT_EQ(found.recall[1].over_runs, (Interval{0.9, 0.9}));
  EXPECT_EQ(found.recall[1].over_images, wilson_interval(9, 10));
  ASSERT_EQ(found.most_confused.size(), 2U) << "(0, 2) never occurs";
  EXPECT_EQ(found.most_confused[0].first, 0);
  EXPECT_EQ(found.most_confused[0].second, 1);
  EXPECT_EQ(found.most_confused[0].count, 4);
  EXPECT_EQ(images_of(models[0], Split::kTest), 30);
}

}  // namespace
}  // namespace gpu_sweep
