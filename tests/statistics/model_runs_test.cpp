#include "engine/statistics/model_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/best_epoch.h"
#include "engine/statistics/curves.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

TEST(ModelRuns, LeavesDivergedRunsOutAndCountsThem) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.5, 0.6, 0.7});
  runs[1].diverged_epoch = 2;
  runs[2].final[0].loss = std::numeric_limits<double>::quiet_NaN();
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 3), runs);
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].diverged, 2);
  EXPECT_EQ(values_of(models[0], kTestAccuracy), std::vector<double>{0.5});
  EXPECT_TRUE(models[1].runs.empty());
}

TEST(ModelRuns, PairsEqualSeedsOnly) {
  std::vector<RunRecord> runs = {synthetic_run("a", 7, 0.7), synthetic_run("a", 2, 0.2),
                                 synthetic_run("a", 4, 0.4), synthetic_run("b", 4, 0.5),
                                 synthetic_run("b", 1, 0.1), synthetic_run("b", 7, 0.8)};
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 3), runs);
  const PairedRuns pairs = pair_on_seeds(models[0], models[1]);
  ASSERT_EQ(pairs.a.size(), 2U);
  EXPECT_EQ(pairs.a[0]->seed, 4U);
  EXPECT_EQ(pairs.b[0]->seed, 4U);
  EXPECT_EQ(pairs.a[1]->seed, 7U);
  EXPECT_EQ(pairs.b[1]->seed, 7U);
}

TEST(BestEpoch, IsTheEarliestHighestAndNeverTheUntrainedPoint) {
  RunRecord run;
  EXPECT_FALSE(best_epoch(run));
  run.history = {{0, 0, 0, 0.99}};
  EXPECT_FALSE(best_epoch(run));
  run.history.insert(run.history.end(),
                     {{1, 0, 0.5, 0.7}, {2, 0, 0.4, 0.8}, {3, 0, 0.3, 0.8}, {4, 0, 0, 0.6}});
  ASSERT_TRUE(best_epoch(run));
  EXPECT_EQ(best_epoch(run)->epoch, 2);
  EXPECT_EQ(best_epoch(run)->metrics.val_loss, 0.4);
}

TEST(Curves, MeanAndBandOfEachPoint) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.5, 0.5, 0.5});
  for (std::size_t i = 0; i < 3; ++i) {
    const auto x = static_cast<double>(i);
    runs[i].history = {{1, 0, 0, 0}, {x, 0, 0, 0}};
  }
  const auto points = curve(runs_by_model(synthetic_experiment({"a"}, 3), runs)[0], kEpochMetrics[0]);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].epoch, 0);
  EXPECT_DOUBLE_EQ(points[0].mean, 1);
  EXPECT_DOUBLE_EQ(points[0].low, 1);
  EXPECT_DOUBLE_EQ(points[1].mean, 1);
  EXPECT_DOUBLE_EQ(points[1].std_n, std::sqrt(2.0 / 3));
  EXPECT_DOUBLE_EQ(points[1].low, 0.1);
  EXPECT_DOUBLE_EQ(points[1].high, 1.9);
}

TEST(Curves, ThinnedKeepTheirEndsAndTheirSpikes) {
  std::vector<CurvePoint> points(20'001);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].epoch = static_cast<int>(i);
    points[i].mean = 1 / (1 + static_cast<double>(i));
  }
  points[7'777].mean = 9;
  points[12'345].mean = -9;
  const std::vector<CurvePoint> drawn = thinned(points, 400);
  EXPECT_LE(drawn.size(), 400U);
  EXPECT_GE(drawn.size(), 398U);
  EXPECT_EQ(drawn.front().epoch, 0);
  EXPECT_EQ(drawn.back().epoch, 20'000);
  const auto shows = [&drawn](int epoch, double mean) {
    return std::ranges::any_of(
        drawn, [=](const CurvePoint& point) { return point.epoch == epoch && point.mean == mean; });
  };
  EXPECT_TRUE(shows(7'777, 9));
  EXPECT_TRUE(shows(12'345, -9));
  for (std::size_t i = 1; i < drawn.size(); ++i) EXPECT_LT(drawn[i - 1].epoch, drawn[i].epoch);
}

TEST(Curves, OfFewPointsAreNotThinned) {
  for (const std::size_t size : {0U, 1U, 2U, 9U, 10U}) {
    EXPECT_EQ(thinned(std::vector<CurvePoint>(size), 10).size(), size);
  }
  EXPECT_EQ(thinned(std::vector<CurvePoint>(11), 10).size(), 10U) << "a flat stretch keeps both ends";
}

}  // namespace
}  // namespace gpu_sweep
