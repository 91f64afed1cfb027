// Simulates claims of the report through the project's own code, and checks how often they are false.
// claim_rates.h says how many studies a case simulates, and prints rates with their Monte-Carlo errors.
#include <gtest/gtest.h>

#include <tuple>

#include "engine/statistics/comparison.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/methods/pair_tests.h"
#include "engine/statistics/reliability.h"
#include "engine/statistics/selection.h"
#include "engine/train/early_stopping.h"
#include "tests/statistics/claim_rates.h"
#include "tests/statistics/simulated_scores.h"

namespace gpu_sweep {
namespace {

struct Case {
  std::string name;
  int models;
  int n;
  Shape usual;
  Shape other;  ///< the distribution of every second model
  double most;  ///< largest share of studies in which models may be told apart
};

/// Expects that a pair of models is told apart exactly if 0 is outside its interval.
void expect_told_as_drawn(const std::vector<Comparison>& comparisons) {
  for (const Comparison& each : comparisons) {
    ASSERT_EQ(each.told, each.interval.low > 0 || each.interval.high < 0);
  }
}

class EqualModels : public testing::TestWithParam<Case> {};

TEST_P(EqualModels, AreSeldomToldApart) {
  const Case& param = GetParam();
  const auto names = names_of_models(param.models);
  const Experiment experiment = synthetic_experiment(names, param.n);
  SimulatedScores scores(20'170'828);
  int differ = 0;
  int steadier = 0;
  const int all = studies(param.models);
  for (int study = 0; study < all; ++study) {
    std::vector<RunRecord> runs;
    for (int i = 0; i < param.models; ++i) {
      scores.add_model(runs, names[static_cast<std::size_t>(i)], 0.89, i % 2 == 0 ? param.usual : param.other,
                       param.n);
    }
    const auto models = runs_by_model(experiment, runs);
    const auto comparisons = compare_models(models, kValidationAccuracy);
    expect_told_as_drawn(comparisons);
    differ += std::ranges::any_of(comparisons, [](const Comparison& each) { return each.told; }) ? 1 : 0;
    if (param.usual != param.other || param.models > 20) continue;
    steadier += std::ranges::any_of(compare_spreads(models, kValidationAccuracy),
                                    [](const SpreadComparison& each) { return each.told; })
                    ? 1
                    : 0;
  }
  const Rate found = rate_of(param.name + ": differ", differ, all);
  EXPECT_LE(found.share, param.most + 3 * found.error);
  if (param.usual == param.other && param.models <= 20) {
    const Rate spread = rate_of(param.name + ": more stable", steadier, all);
    EXPECT_LE(spread.share, 0.07 + 3 * spread.error);
  }
}

constexpr Shape kN = Shape::kNormal;
INSTANTIATE_TEST_SUITE_P(
    Claims, EqualModels,
    testing::Values(Case{"normal_2_n6", 2, 6, kN, kN, 0.05}, Case{"normal_2_n20", 2, 20, kN, kN, 0.05},
                    Case{"normal_2_n100", 2, 100, kN, kN, 0.05}, Case{"normal_5_n9", 5, 9, kN, kN, 0.05},
                    Case{"normal_5_n20", 5, 20, kN, kN, 0.05}, Case{"normal_20_n13", 20, 13, kN, kN, 0.05},
                    Case{"normal_60_n17", 60, 17, kN, kN, 0.05},
                    Case{"normal_200_n20", 200, 20, kN, kN, 0.05},
                    Case{"skewed_2_n20", 2, 20, Shape::kSkewed, Shape::kSkewed, 0.05},
                    Case{"skewed_5_n20", 5, 20, Shape::kSkewed, Shape::kSkewed, 0.05},
                    Case{"t3_2_n20", 2, 20, Shape::kHeavy, Shape::kHeavy, 0.05},
                    Case{"t3_5_n20", 5, 20, Shape::kHeavy, Shape::kHeavy, 0.05},
                    Case{"wide_2_n20", 2, 20, kN, Shape::kWide, 0.05},
                    Case{"wide_5_n20", 5, 20, kN, Shape::kWide, 0.05},
                    Case{"wide_skewed_2_n20", 2, 20, kN, Shape::kWideSkewed, 0.08},
                    Case{"wide_skewed_5_n100", 5, 100, kN, Shape::kWideSkewed, 0.08},
                    Case{"failing_by_1_2_n20", 2, 20, kN, Shape::kFailBy1, 0.08},
                    Case{"failing_by_1_5_n20", 5, 20, kN, Shape::kFailBy1, 0.08}),
    [](const testing::TestParamInfo<Case>& each) { return each.param.name; });

TEST(Claims, FailuresByThreePointsAreTabulated) {
  for (const auto& [models, n] : {std::pair{2, 20}, std::pair{5, 20}}) {
    const auto names = names_of_models(models);
    SimulatedScores scores(7);
    int differ = 0;
    const int all = studies(models);
    for (int study = 0; study < all; ++study) {
      std::vector<RunRecord> runs;
      for (int i = 0; i < models; ++i) {
        scores.add_model(runs, names[static_cast<std::size_t>(i)], 0.89, i % 2 == 0 ? kN : Shape::kFailBy3,
                         n);
      }
      const auto comparisons =
          compare_models(runs_by_model(synthetic_experiment(names, n), runs), kValidationAccuracy);
      differ += std::ranges::any_of(comparisons, [](const Comparison& each) { return each.told; }) ? 1 : 0;
    }
    const Rate found = rate_of(
        "failing_by_3_" + std::to_string(models) + "_n" + std::to_string(n) + ": differ", differ, all);
    EXPECT_LE(found.share, 0.30 + 3 * found.error)
        << "no claim of the docs, but far from it would be a fault";
  }
}

TEST(Claims, PowerIsNotBelowThatOfRanks) {
  for (const auto& [models, n] : {std::pair{2, 10}, std::pair{2, 20}, std::pair{5, 20}}) {
    const auto names = names_of_models(models);
    SimulatedScores scores(31);
    int mean = 0;
    int ranks = 0;
    const int all = studies(models);
    for (int study = 0; study < all; ++study) {
      std::vector<RunRecord> runs;
      for (int i = 0; i < models; ++i) {
        scores.add_model(runs, names[static_cast<std::size_t>(i)], i == 0 ? 0.893 : 0.89, kN, n);
      }
      const auto comparisons =
          compare_models(runs_by_model(synthetic_experiment(names, n), runs), kValidationAccuracy);
      for (const Comparison& each : comparisons) {
        if (each.a != "m0") continue;
        mean += each.told ? 1 : 0;
        ranks += *each.wilcoxon_holm < 0.05 ? 1 : 0;
      }
    }
    const int leads = all * (models - 1);
    const std::string name = std::to_string(models) + " models, n = " + std::to_string(n) + ", 0.3 points: ";
    const Rate found = rate_of(name + "told", mean, leads);
    const Rate other = rate_of(name + "told by ranks", ranks, leads);
    EXPECT_GE(found.share, other.share - 0.02);
  }
}

/// Returns the share of studies in which a pair is called the same within `limit`. The pair is one of
/// `family` pairs. Its n differences have the mean `mean` and a standard deviation of 0.325 points.
Rate called_the_same(int n, double mean, std::size_t family, double limit = 0.001) {
  std::mt19937 random(41);
  std::normal_distribution<double> difference(10'000 * mean, 32.5);
  int same = 0;
  const int all = studies(2);
  for (int study = 0; study < all; ++study) {
    std::vector<double> differences;
    for (int i = 0; i < n; ++i) differences.push_back(std::round(difference(random)) / 10'000);
    const PairTest test = test_paired(differences, 1e-4);
    const auto without_interval = [](std::size_t) { return false; };
    same += decide_pairs({&test, 1}, {family, limit, without_interval}).at(0).equivalence->same ? 1 : 0;
  }
  return rate_of("the same: " + std::to_string(n) + " runs, " + std::to_string(family) + " pairs, true " +
                     std::to_string(100 * mean).substr(0, 5),
                 same, all);
}

TEST(Claims, DifferencesAtTheLimitAreSeldomCalledTheSame) {
  for (const int n : {50, 100, 300}) {
    const Rate found = called_the_same(n, 0.001, 1);
    EXPECT_LE(found.share, 0.05 + 3 * found.error);
  }
  EXPECT_LE(called_the_same(100, 0.001, 10).share, 0.02);
}

TEST(Claims, EqualModelsAreCalledTheSameAsOftenAsPlanned) {
  for (const auto& [n, family, expected] :
       {std::tuple{50, 1, 0.38}, std::tuple{100, 1, 0.84}, std::tuple{200, 1, 0.99},
        std::tuple{100, 10, 0.34}, std::tuple{200, 10, 0.92}}) {
    const Rate found = called_the_same(n, 0, static_cast<std::size_t>(family));
    EXPECT_NEAR(found.share, expected, 0.02 + 3 * found.error);
  }
}

/// Appends `n` runs that end with the epoch, out of 30, that is best on the validation rows. All epochs of a
/// run are equally good. They differ only by noise with the standard deviation `noise`, on validation and
/// test rows alike.
void add_runs_of_best_epochs(std::vector<RunRecord>& runs, const ModelSpec& model, double noise, int n,
                             SimulatedScores& scores, std::mt19937& random) {
  std::normal_distribution<double> draw;
  for (int i = 0; i < n; ++i) {
    const double truth = 0.89 + scores.deviation(kN);
    std::vector<EpochMetrics> history(1);
    for (int epoch = 0; epoch < 30; ++epoch) {
      const double accuracy = std::round(10'000 * (truth + noise * draw(random))) / 10'000;
      history.push_back({0, accuracy, 1 - accuracy, accuracy});
    }
    const auto kept = static_cast<std::size_t>(final_epoch(model.early_stopping, history));
    RunRecord& run = runs.emplace_back(synthetic_run(model.name, static_cast<std::uint64_t>(i), truth));
    run.history = history;
    run.final[1].accuracy = history[kept].val_accuracy;
    run.final[2].accuracy = std::round(10'000 * (truth + noise * draw(random))) / 10'000;
  }
}

TEST(Claims, EqualModelsWhoseEpochsValidationRowsChoseAreSeldomToldApart) {
  const auto names = names_of_models(5);
  Experiment experiment = synthetic_experiment(names, 20);
  for (ModelSpec& model : experiment.models) {
    model.early_stopping = {Monitor::kValidationAccuracy, 30, 0, true};
  }
  SimulatedScores scores(5);
  std::mt19937 random(5);
  int differ = 0;
  int by_validation = 0;
  const int all = studies(5);
  for (int study = 0; study < all; ++study) {
    std::vector<RunRecord> runs;
    for (std::size_t i = 0; i < names.size(); ++i) {
      add_runs_of_best_epochs(runs, experiment.models[i], i % 2 == 0 ? 0.001 : 0.004, 20, scores, random);
    }
    const auto models = runs_by_model(experiment, runs);
    const auto told = [&](const Metric& metric) {
      const auto comparisons = compare_models(models, metric);
      expect_told_as_drawn(comparisons);
      return std::ranges::any_of(comparisons, [](const Comparison& each) { return each.told; });
    };
    differ += told(judged_metric(models)) ? 1 : 0;
    by_validation += told(kValidationAccuracy) ? 1 : 0;
  }
  const Rate found = rate_of("best_epoch_5_n20: differ", differ, all);
  EXPECT_LE(found.share, 0.05 + 3 * found.error);
  EXPECT_GT(rate_of("best_epoch_5_n20: judged by the rows that chose", by_validation, all).share, 0.9)
      << "the fault that the rule avoids";
}

TEST(Claims, AModelOfWhichHalfDivergesIsNeverChosen) {
  SimulatedScores scores(3);
  std::mt19937 random(3);
  const std::vector<std::string> names = {"failing", "steady"};
  int choices = 0;
  for (int study = 0; study < studies(2); ++study) {
    std::vector<RunRecord> runs;
    scores.add_model(runs, "failing", 0.9, kN, 20);
    scores.add_model(runs, "steady", 0.89, kN, 20);
    for (std::size_t i = 0; i < 20; ++i) {
      if ((i + random()) % 2 == 0) runs[i].diverged_epoch = 1;
    }
    const auto models = runs_by_model(synthetic_experiment(names, 20), runs);
    if (failures_of(models[0]).share <= AnalysisSettings{}.max_diverged) continue;
    const auto found = select_model(models, compare_models(models, kValidationAccuracy),
                                    compare_spreads(models, kValidationAccuracy), std::vector<double>{1, 2});
    if (!found) continue;
    ++choices;
    ASSERT_EQ(models[found->chosen].model.name, "steady");
  }
  EXPECT_GT(choices, studies(2) / 2);
}

}  // namespace
}  // namespace gpu_sweep
