#include "gpu_sweep/summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/sample_runs.h"

namespace gpu_sweep {
namespace {

using test::sample_experiment;
using test::sample_run;

TEST(MeanStd, DividesByN) {
  // The expected values are from numpy: the mean is 2.5, and the standard deviation is sqrt(1.25).
  const MeanStd result = mean_std(std::vector<double>{1, 2, 3, 4});
  EXPECT_EQ(result.mean, 2.5);
  EXPECT_DOUBLE_EQ(result.std, std::sqrt(1.25));
}

TEST(MeanStd, OneValueHasNoSpread) {
  const MeanStd result = mean_std(std::vector<double>{0.7});
  EXPECT_EQ(result.mean, 0.7);
  EXPECT_EQ(result.std, 0);
}

TEST(MeanStd, NoValuesAreNotANumber) {
  const MeanStd result = mean_std({});
  EXPECT_TRUE(std::isnan(result.mean));
  EXPECT_TRUE(std::isnan(result.std));
}

TEST(MeanStd, ALargeMeanDoesNotEatASmallSpread) {
  // For these values, the textbook formula E[x^2] - E[x]^2 loses all digits.
  const MeanStd result = mean_std(std::vector<double>{1e9 + 1, 1e9 + 2, 1e9 + 3});
  EXPECT_DOUBLE_EQ(result.std, std::sqrt(2.0 / 3.0));
}

TEST(Summarise, KeepsModelsAndSetsApart) {
  const Experiment experiment = sample_experiment();
  RunRecord first = sample_run(experiment.models[1], 0);
  RunRecord second = sample_run(experiment.models[1], 1);
  first.final = {{{1, 0.25}, {3, 0.5}, {5, 0.75}}};
  second.final = {{{3, 0.75}, {5, 0.5}, {5, 0.25}}};
  const auto summaries = summarise(experiment, std::vector{first, second});
  ASSERT_EQ(summaries.size(), 2u);
  EXPECT_EQ(summaries[0].name, "wide");
  EXPECT_EQ(summaries[0].runs, 0);
  EXPECT_EQ(summaries[1].name, "deep");
  EXPECT_EQ(summaries[1].hidden, (std::vector<int>{16, 8}));
  EXPECT_EQ(summaries[1].runs, 2);
  EXPECT_EQ(summaries[1].loss[0].mean, 2);
  EXPECT_EQ(summaries[1].loss[0].std, 1);
  EXPECT_EQ(summaries[1].loss[1].mean, 4);
  EXPECT_EQ(summaries[1].loss[2].std, 0);
  EXPECT_EQ(summaries[1].accuracy[0].mean, 0.5);
  EXPECT_EQ(summaries[1].accuracy[2].std, 0.25);
}

TEST(Summarise, CountsDivergedRunsAndLeavesThemOut) {
  const Experiment experiment = sample_experiment();
  RunRecord good = sample_run(experiment.models[0], 0);
  RunRecord diverged = sample_run(experiment.models[0], 1);
  diverged.diverged_epoch = 2;
  RunRecord late = sample_run(experiment.models[0], 2);
  late.final[2].loss = std::numeric_limits<double>::quiet_NaN();
  const ModelSummary summary = summarise(experiment, std::vector{good, diverged, late})[0];
  EXPECT_EQ(summary.runs, 1);
  EXPECT_EQ(summary.diverged, 2);
  EXPECT_EQ(summary.loss[0].mean, good.final[0].loss);
  EXPECT_EQ(summary.loss[2].mean, good.final[2].loss);
}

}  // namespace
}  // namespace gpu_sweep
