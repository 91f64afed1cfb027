#include "engine/statistics/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/reliability.h"
#include "engine/statistics/selection.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {
namespace {

/// Returns `n` values around `mean`. They vary by about `spread`, and differently for each `phase`, which is
/// the number of the model.
std::vector<double> around(double mean, double spread, int n, int phase) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) {
    values.push_back(mean + spread * std::sin(1.7 * i + 2.3 * phase) + 1e-7 * i * (phase + 1));
  }
  return values;
}

TEST(Comparison, FivePairsOfRunsCannotTell) {
  for (const int n : {5, 6}) {
    std::vector<RunRecord> runs;
    add_runs(runs, "a", around(0.9, 0.001, n, 0));
    add_runs(runs, "b", around(0.8, 0.001, n, 1));
    const auto comparisons =
        compare_models(runs_by_model(synthetic_experiment({"a", "b"}, n), runs), kTestAccuracy);
    ASSERT_EQ(comparisons.size(), 1U);
    EXPECT_EQ(comparisons[0].n, n);
    EXPECT_NEAR(comparisons[0].mean_difference, 0.1, 0.002);
    EXPECT_EQ(comparisons[0].greater_share, 1);
    EXPECT_TRUE(comparisons[0].t_interval.has_value());
    EXPECT_EQ(comparisons[0].p, std::exp2(1 - n));
    EXPECT_EQ(comparisons[0].told, n == 6);
    EXPECT_EQ(std::isfinite(comparisons[0].interval.low), n == 6);
    EXPECT_EQ(comparisons[0].wilcoxon.has_value(), n == 6);
  }
}

/// If every seed has its own validation rows, the rule is that of Nadeau and Bengio, on the validation split
/// only.
TEST(Comparison, OverOwnSplitsByNadeauAndBengio) {
  constexpr int kRuns = 8;
  const std::vector<double> a = around(0.9, 0.001, kRuns, 0), b = around(0.898, 0.001, kRuns, 1);
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  std::vector<RunRecord> runs;
  add_runs(runs, "a", a);
  add_runs(runs, "b", b);
  for (RunRecord& run : runs) {
    run.confusion[0] = {2, {20, 5, 5, 20}};
    run.confusion[1] = run.confusion[2] = {2, {5, 0, 0, 5}};
  }
  StoredExperiment stored{synthetic_experiment({"a", "b"}, kRuns), {}, 0};
  const std::vector<ModelRuns> shared = runs_by_model(stored, runs);
  EXPECT_TRUE(compare_models(shared, kValidationAccuracy)[0].told);
  EXPECT_EQ(compare_models(shared, kValidationAccuracy)[0].test_to_train, 0);

  stored.provenance.data_settings.split = SplitPolicy::kPerRun;
  const std::vector<ModelRuns> own = runs_by_model(stored, runs);
  const Estimate expected = resampled_estimate(differences, 0.2);
  const Comparison pair = compare_models(own, kValidationAccuracy, 0.004)[0];
  EXPECT_EQ(pair.test_to_train, 0.2);
  EXPECT_DOUBLE_EQ(pair.p, expected.p());
  EXPECT_EQ(pair.interval, expected.interval());
  EXPECT_EQ(pair.told, pair.interval.low > 0);
  EXPECT_EQ(pair.t_interval, expected.interval());
  EXPECT_DOUBLE_EQ(pair.equivalence.value().p, expected.equivalence_p(0.004));
  EXPECT_FALSE(pair.wilcoxon) << "its pairs are not independent";
  EXPECT_EQ(describe(own[0], kValidationAccuracy).t_interval, resampled_estimate(a, 0.2).interval());
  EXPECT_EQ(describe(own[0], kTestAccuracy).t_interval, describe(a).t_interval);
  const Comparison on_test = compare_models(own, kTestAccuracy)[0];
  EXPECT_EQ(on_test.p, compare_models(shared, kTestAccuracy)[0].p);
  EXPECT_TRUE(on_test.wilcoxon);
  EXPECT_GT(compare_spreads(own, kValidationAccuracy)[0].p,
            compare_spreads(shared, kValidationAccuracy)[0].p);

  stored.experiment.analysis.looks = {6};
  const Comparison looked =
      compare_models(runs_by_model(stored, runs), kValidationAccuracy, {}, Looks::kAfterEach)[0];
  EXPECT_DOUBLE_EQ(looked.p, std::min(1.0, 2 * expected.p()));
  EXPECT_EQ(looked.interval, expected.interval(0.025));

  for (RunRecord& run : runs) {
    if (run.seed > 4) run.model = "another";
  }
  EXPECT_FALSE(
      std::isfinite(compare_models(runs_by_model(stored, runs), kValidationAccuracy)[0].interval.low))
      << "five runs cannot tell";
}

TEST(Comparison, HolmRunsOverAllPairs) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", around(0.9, 0.001, 6, 0));
  add_runs(runs, "b", around(0.8, 0.001, 6, 1));
  add_runs(runs, "c", around(0.7, 0.001, 6, 2));
  const auto comparisons =
      compare_models(runs_by_model(synthetic_experiment({"a", "b", "c"}, 6), runs), kTestAccuracy);
  ASSERT_EQ(comparisons.size(), 3U);
  for (const Comparison& each : comparisons) {
    EXPECT_DOUBLE_EQ(each.p, 2.0 / 64);
    EXPECT_DOUBLE_EQ(each.p_holm, 3 * 2.0 / 64);
    EXPECT_DOUBLE_EQ(*each.wilcoxon_holm, 3 * 2.0 / 64);
    EXPECT_FALSE(each.told);
  }
}

TEST(Comparison, ManyPairsNeedMoreRuns) {
  for (const int n : {6, 7}) {
    std::vector<RunRecord> runs;
    add_runs(runs, "a", around(0.9, 0.001, n, 0));
    add_runs(runs, "b", around(0.8, 0.001, n, 1));
    add_runs(runs, "c", around(0.7, 0.001, n, 2));
    const auto models = runs_by_model(synthetic_experiment({"a", "b", "c"}, n), runs);
    const auto comparisons = compare_models(models, kValidationAccuracy);
    EXPECT_EQ(can_tell_some(comparisons), n == 7);
    EXPECT_EQ(can_tell_each(comparisons), n == 7);
    EXPECT_EQ(comparisons[0].told, n == 7);
    EXPECT_EQ(select_model(models, comparisons, compare_spreads(models, kValidationAccuracy),
                           std::vector<double>{1, 1, 1})
                  .has_value(),
              n == 7);
  }
}

TEST(Comparison, SixtyModelsAreComparedPairByPair) {
  std::vector<RunRecord> runs;
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) {
    names.push_back("m" + std::to_string(i));
    add_runs(runs, names.back(), around(i == 7 ? 0.8 : 0.7, 0.001, 17, i));
  }
  const auto comparisons =
      compare_models(runs_by_model(synthetic_experiment(names, 17), runs), kTestAccuracy);
  ASSERT_EQ(comparisons.size(), 1'770U);
  for (const Comparison& each : comparisons) {
    if (each.a == "m7" || each.b == "m7") {
      EXPECT_TRUE(each.told) << each.a << " " << each.b;
    }
  }
}

TEST(Comparison, TheMeanDecidesWhateverTheRanksSay) {
  std::vector<double> better = around(0.91, 0.001, 20, 0);
  const std::vector<double> worse = around(0.90, 0.001, 20, 1);
  better[7] = 0.1;  // a run that never learned; it makes the mean of `better` lower than that of `worse`
  std::vector<RunRecord> runs;
  add_runs(runs, "better", better);
  add_runs(runs, "worse", worse);
  const auto models = runs_by_model(synthetic_experiment({"better", "worse"}, 20), runs);
  const auto comparisons = compare_models(models, kValidationAccuracy);
  EXPECT_LT(comparisons[0].mean_difference, 0);
  EXPECT_LT(*comparisons[0].wilcoxon_holm, 0.01) << "the second opinion is of ranks";
  EXPECT_FALSE(comparisons[0].told);
  EXPECT_EQ(select_model(models, comparisons, compare_spreads(models, kValidationAccuracy),
                         std::vector<double>{1, 1})
                ->candidates.size(),
            2U);
}

TEST(Comparison, AFewFailingRunsThatCarryADifferenceAreRecognized) {
  std::vector<RunRecord> runs;
  std::vector<double> failing = around(0.9, 0.0001, 60, 0);
  for (int i = 0; i < 6; ++i) failing[static_cast<std::size_t>(10 * i)] -= 0.03;
  add_runs(runs, "failing", failing);
  add_runs(runs, "steady", around(0.9, 0.0001, 60, 1));
  add_runs(runs, "worse", around(0.897, 0.0001, 60, 2));
  const auto comparisons = compare_models(
      runs_by_model(synthetic_experiment({"failing", "steady", "worse"}, 60), runs), kValidationAccuracy);
  ASSERT_TRUE(comparisons[0].told);
  EXPECT_TRUE(comparisons[0].few_runs_carry()) << "failing - steady";
  ASSERT_TRUE(comparisons[2].told);
  EXPECT_FALSE(comparisons[2].few_runs_carry()) << "steady - worse";
}

TEST(Comparison, TiesCountHalf) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.5, 0.5, 0.6, 0.4});
  add_runs(runs, "b", {0.5, 0.5, 0.5, 0.5});
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 4), runs);
  EXPECT_EQ(compare_models(models, kValidationAccuracy)[0].greater_share, 0.5);
}

TEST(Comparison, ModelsWithoutCommonSeedsAreNotCompared) {
  std::vector<RunRecord> runs = {synthetic_run("a", 0, 0.5), synthetic_run("b", 1, 0.5)};
  EXPECT_TRUE(
      compare_models(runs_by_model(synthetic_experiment({"a", "b"}, 1), runs), kTestAccuracy).empty());
}

class SelectionTest : public testing::Test {
 protected:
  std::optional<Selection> select(const std::vector<double>& costs) {
    models_ = runs_by_model(synthetic_experiment(names_, 20), runs_);
    return select_model(models_, compare_models(models_, kValidationAccuracy),
                        compare_spreads(models_, kValidationAccuracy), costs);
  }
  std::vector<std::string> names_ = {"dear", "cheap", "wild", "bad"};
  std::vector<RunRecord> runs_;
  std::vector<ModelRuns> models_;
};

TEST_F(SelectionTest, TakesTheCheapestStableModelThatCannotBeToldFromTheBest) {
  add_runs(runs_, "dear", around(0.9003, 0.002, 20, 0));
  add_runs(runs_, "cheap", around(0.9000, 0.002, 20, 1));
  add_runs(runs_, "wild", around(0.9000, 0.02, 20, 2));
  add_runs(runs_, "bad", around(0.5, 0.0001, 20, 3));
  const auto selection = select({4, 3, 2, 1});
  ASSERT_TRUE(selection);
  EXPECT_EQ(models_[selection->chosen].model.name, "cheap");
  EXPECT_EQ(selection->candidates, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(selection->stable, (std::vector<std::size_t>{0, 1}));
}

TEST_F(SelectionTest, TheTestSetIsNotUsed) {
  add_runs(runs_, "dear", around(0.9003, 0.002, 20, 0));
  add_runs(runs_, "cheap", around(0.9000, 0.002, 20, 1));
  add_runs(runs_, "wild", around(0.9000, 0.02, 20, 2));
  add_runs(runs_, "bad", around(0.5, 0.0001, 20, 3));
  for (RunRecord& run : runs_) run.final[index_of(Split::kTest)].accuracy = run.model == "bad";
  const auto selection = select({4, 3, 2, 1});
  ASSERT_TRUE(selection);
  EXPECT_EQ(models_[selection->chosen].model.name, "cheap");
}

TEST_F(SelectionTest, TooFewRunsSelectNothing) {
  for (const std::string& name : names_) add_runs(runs_, name, around(0.9, 0.01, 5, 0));
  EXPECT_FALSE(select({1, 1, 1, 1}));
}

TEST_F(SelectionTest, AModelThatOftenDivergesIsNeverChosen) {
  names_ = {"steady", "failing"};
  add_runs(runs_, "steady", around(0.90, 0.001, 20, 0));
  add_runs(runs_, "failing", around(0.95, 0.001, 20, 1));
  for (int i = 0; i < 3; ++i) runs_[static_cast<std::size_t>(20 + i)].diverged_epoch = 1;
  const auto selection = select({2, 1});
  ASSERT_TRUE(selection);
  EXPECT_EQ(models_[selection->chosen].model.name, "steady") << "3 of 20 is more than 10 %";
  EXPECT_EQ(selection->excluded, (std::vector<std::size_t>{1}));
  runs_[20].diverged_epoch.reset();
  EXPECT_EQ(models_[select({2, 1})->chosen].model.name, "failing") << "2 of 20 is not";
  const auto strict =
      select_model(models_, compare_models(models_, kValidationAccuracy),
                   compare_spreads(models_, kValidationAccuracy), std::vector<double>{2, 1}, 0.05);
  EXPECT_EQ(models_[strict->chosen].model.name, "steady");
}

TEST_F(SelectionTest, WithASmallestDifferenceItIsMadeAmongTheSame) {
  // "close" is told apart from the best model but is within 0.1 points of it; "open" is neither told apart
  // nor the same.
  names_ = {"best", "close", "open"};
  std::vector<double> best = around(0.9, 0.0002, 20, 0);
  std::vector<double> close = best;
  std::vector<double> open = best;
  for (std::size_t i = 0; i < 20; ++i) {
    close[i] -= i % 2 == 0 ? 0.0003 : 0.0004;
    open[i] += i % 2 == 0 ? 0.004 : -0.0042;
  }
  add_runs(runs_, "best", best);
  add_runs(runs_, "close", close);
  add_runs(runs_, "open", open);
  const std::vector<double> costs = {3, 2, 1};
  const auto without = select(costs);
  ASSERT_TRUE(without);
  EXPECT_EQ(without->candidates, (std::vector<std::size_t>{0, 2})) << "not told to be worse";
  const auto comparisons = compare_models(models_, kValidationAccuracy, 0.001);
  EXPECT_TRUE(comparisons[0].told && comparisons[0].same());
  const auto found = select_model(models_, comparisons, compare_spreads(models_, kValidationAccuracy), costs);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->among_same);
  EXPECT_EQ(found->candidates, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(models_[found->chosen].model.name, "close");
}

TEST(Failures, SharesAndPairs) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", around(0.9, 0.001, 20, 0));
  add_runs(runs, "b", around(0.9, 0.001, 20, 1));
  add_runs(runs, "c", around(0.9, 0.001, 20, 2));
  for (int i = 0; i < 13; ++i) runs[static_cast<std::size_t>(20 + i)].diverged_epoch = 2;
  runs[5].diverged_epoch = 2;
  const auto models = runs_by_model(synthetic_experiment({"a", "b", "c"}, 20), runs);
  EXPECT_EQ(failures_of(models[1]).failed, 13);
  EXPECT_EQ(failures_of(models[1]).share, 0.65);
  EXPECT_GT(failures_of(models[1]).interval.low, 0.4);
  EXPECT_NEAR(failures_of(models[2]).upper, 1 - std::pow(0.05, 1.0 / 20), 1e-12);
  const auto pairs = compare_failures(models);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0].only_a, 0) << "on seed 5 both diverged";
  EXPECT_EQ(pairs[0].only_b, 12);
  EXPECT_EQ(pairs[0].n, 20);
  EXPECT_DOUBLE_EQ(pairs[0].p, 2 * std::exp2(-12));
  EXPECT_TRUE(pairs[0].told && pairs[2].told);
  EXPECT_FALSE(pairs[1].told);
}

TEST(StudyRanks, LowLossHighAccuracyAndLowSpreadAreBest) {
  std::vector<RunRecord> runs;
  add_runs(runs, "a", {0.80, 0.90});
  add_runs(runs, "b", {0.60, 0.62});
  const auto table = study_ranks(runs_by_model(synthetic_experiment({"a", "b", "none"}, 2), runs));
  ASSERT_EQ(table.size(), 8U);
  for (const RankedMetric& row : table) {
    EXPECT_EQ(row.rank, row.spread ? (std::vector<int>{2, 1, 0}) : (std::vector<int>{1, 2, 0}))
        << to_string(row.metric);
  }
}

}  // namespace
}  // namespace gpu_sweep
