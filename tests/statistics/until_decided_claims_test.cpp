// Simulates studies that buy seeds until decided. Counts how often they make a false claim, and compares
// their cost with a fixed number of runs. See claims_test.cpp.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/comparison.h"
#include "engine/statistics/until_decided.h"
#include "tests/statistics/claim_rates.h"
#include "tests/statistics/simulated_scores.h"

namespace gpu_sweep {
namespace {

constexpr int kMost = 100;

/// A simulated study that has bought its seeds.
struct BoughtStudy {
  Experiment experiment;
  std::vector<RunRecord> all;  ///< kMost runs of each model
  std::vector<ModelRuns> models;
  std::vector<int> bought;  ///< number of runs that were bought, by model

  /// `means` are the mean accuracies of the models. Every second model has the shape `other`.
  BoughtStudy(const std::vector<double>& means, Shape usual, Shape other, SimulatedScores& scores,
              std::optional<double> limit = {}) {
    const auto names = names_of_models(static_cast<int>(means.size()));
    experiment = synthetic_experiment(names, kMost);
    experiment.analysis.until_decided = true;
    experiment.analysis.smallest_difference = limit;
    for (std::size_t i = 0; i < means.size(); ++i) {
      scores.add_model(all, names[i], means[i], i % 2 == 0 ? usual : other, kMost);
    }
    bought = purchase_of(experiment, all).wanted;
    models = with_seeds(bought);
  }

  std::vector<ModelRuns> with_seeds(const std::vector<int>& seeds) const {
    std::vector<ModelRuns> found = runs_by_model(experiment, all);
    for (std::size_t i = 0; i < found.size(); ++i) found[i].runs.resize(static_cast<std::size_t>(seeds[i]));
    return found;
  }

  int cost() const {
    int runs = 0;
    for (const int each : bought) runs += each;
    return runs;
  }
};

/// Decides all pairs (a, b), a < b. Leaves out the intervals, because they would take most of the time.
std::vector<PairDecision> decisions(const std::vector<ModelRuns>& models, Looks looks,
                                    std::optional<double> limit = {}) {
  const std::vector<PairTest> tests = test_all_pairs(models, kValidationAccuracy, looks);
  return decide_pairs(tests, {0, limit, [](std::size_t) { return false; }});
}

bool is_told(const PairDecision& pair) { return pair.told; }

struct FalseClaims {
  std::string name;
  int models;
  Shape usual;
  Shape other;
  double most;  ///< largest share of studies in which models may be told apart
};

class BoughtEqualModels : public testing::TestWithParam<FalseClaims> {};

TEST_P(BoughtEqualModels, AreSeldomToldApart) {
  const FalseClaims& param = GetParam();
  SimulatedScores scores(20'170'829);
  int told = 0;
  const int all = studies(2);
  for (int study = 0; study < all; ++study) {
    const BoughtStudy bought(std::vector<double>(static_cast<std::size_t>(param.models), 0.89), param.usual,
                             param.other, scores);
    told += std::ranges::any_of(decisions(bought.models, Looks::kAfterEach), is_told) ? 1 : 0;
  }
  const Rate found = rate_of("until decided, " + param.name + ": differ", told, all);
  EXPECT_LE(found.share, param.most + 3 * found.error);
}

INSTANTIATE_TEST_SUITE_P(
    Claims, BoughtEqualModels,
    testing::Values(FalseClaims{"normal_2", 2, Shape::kNormal, Shape::kNormal, 0.05},
                    FalseClaims{"normal_5", 5, Shape::kNormal, Shape::kNormal, 0.05},
                    FalseClaims{"t3_2", 2, Shape::kHeavy, Shape::kHeavy, 0.05},
                    FalseClaims{"skewed_2", 2, Shape::kSkewed, Shape::kSkewed, 0.05},
                    FalseClaims{"wide_5", 5, Shape::kNormal, Shape::kWide, 0.05},
                    FalseClaims{"wide_skewed_2", 2, Shape::kNormal, Shape::kWideSkewed, 0.08},
                    FalseClaims{"failing_by_1_2", 2, Shape::kNormal, Shape::kFailBy1, 0.08},
                    FalseClaims{"failing_by_3_2", 2, Shape::kNormal, Shape::kFailBy3, 0.30}),
    [](const testing::TestParamInfo<FalseClaims>& each) { return each.param.name; });

TEST(BoughtClaims, ModelsAtTheLimitAreSeldomCalledTheSame) {
  constexpr double kLimit = 0.003;
  for (const auto& [apart, most, least] : {std::tuple{kLimit, 0.05, 0.0}, std::tuple{0.0, 1.0, 0.5}}) {
    SimulatedScores scores(5);
    int same = 0;
    const int all = studies(2);
    for (int study = 0; study < all; ++study) {
      const BoughtStudy bought({0.89 + apart, 0.89}, Shape::kNormal, Shape::kNormal, scores, 100 * kLimit);
      same += decisions(bought.models, Looks::kAfterEach, kLimit)[0].equivalence->same ? 1 : 0;
    }
    const Rate found = rate_of(
        "until decided, " + std::to_string(100 * apart).substr(0, 4) + " points apart: the same within 0.3",
        same, all);
    EXPECT_LE(found.share, most + 3 * found.error);
    EXPECT_GE(found.share, least - 3 * found.error);
  }
}

struct Study {
  std::string name;
  std::vector<double> leads;  ///< of each model over the last one, in points
  std::optional<double> limit = {};
};

/// Returns the share of pairs that are decided rightly. A pair must be told apart if its means differ, and
/// must be called the same otherwise. Without a limit, only pairs with different means count.
double decided_share(const Study& study, const std::vector<PairDecision>& pairs) {
  int all = 0;
  int decided = 0;
  auto next = pairs.begin();
  for (std::size_t a = 0; a < study.leads.size(); ++a) {
    for (std::size_t b = a + 1; b < study.leads.size(); ++b, ++next) {
      const bool equal = study.leads[a] == study.leads[b];
      if (equal && !study.limit) continue;
      ++all;
      decided += (equal ? next->equivalence->same : next->told) ? 1 : 0;
    }
  }
  return all == 0 ? 0 : static_cast<double>(decided) / all;
}

TEST(BoughtClaims, CostBesideAFixedNumberOfRuns) {
  const std::vector<Study> cases = {
      {"2 models, equal", {0, 0}},
      {"2 models, equal, limit 0.3 points", {0, 0}, 0.3},
      {"2 models, 0.3 points apart", {0.3, 0}},
      {"2 models, 0.6 points apart", {0.6, 0}},
      {"2 models, 2 points apart", {2, 0}},
      {"5 models, one better by 1 point", {1, 0, 0, 0, 0}},
      {"5 models, one better by 1 point, limit 0.3 points", {1, 0, 0, 0, 0}, 0.3},
      {"5 models, 0.3 points from each to the next", {1.2, 0.9, 0.6, 0.3, 0}},
      {"5 models, 1 point from each to the next", {4, 3, 2, 1, 0}}};
  std::printf(
      "case | runs bought | as planned | decided | decided by %d of each | fixed runs that decide as much\n",
      kMost);
  for (const Study& study : cases) {
    const int all = studies(20);
    const auto count = static_cast<int>(study.leads.size());
    std::vector<double> means;
    for (const double lead : study.leads) means.push_back(0.89 + lead / 100);
    const std::optional<double> limit = study.limit ? std::optional(*study.limit / 100) : std::nullopt;
    // The studies are simulated again each time, because this takes less memory than keeping them.
    const auto mean_over_studies = [&](const auto& value) {
      SimulatedScores scores(77);
      double sum = 0;
      for (int i = 0; i < all; ++i) {
        sum += value(BoughtStudy(means, Shape::kNormal, Shape::kNormal, scores, study.limit));
      }
      return sum / all;
    };
    const double runs = mean_over_studies([](const BoughtStudy& each) { return each.cost(); });
    const double decided = mean_over_studies([&](const BoughtStudy& each) {
      return decided_share(study, decisions(each.models, Looks::kAfterEach, limit));
    });
    const auto by_fixed = [&](int n) {
      return mean_over_studies([&](const BoughtStudy& each) {
        return decided_share(
            study, decisions(each.with_seeds(std::vector<int>(means.size(), n)), Looks::kOnce, limit));
      });
    };
    const double by_most = by_fixed(kMost);
    int low = 1;
    int high = kMost;  // becomes the smallest fixed number of runs that decides as many pairs, or kMost
    while (decided > 0 && high - low > 1) {
      const int middle = (low + high) / 2;
      (by_fixed(middle) >= decided - 0.005 ? high : low) = middle;
    }
    std::printf("| %s | %.0f | %d | %.3f | %.3f | %s |\n", study.name.c_str(), runs, count * kMost, decided,
                by_most, decided > 0 ? std::to_string(count * high).c_str() : "–");
    EXPECT_LE(decided, by_most + 0.02) << study.name << ": never more power than with all runs";
    EXPECT_GE(decided, by_most - 0.1) << study.name;
    // Without a limit, equal models are seldom told apart, and mostly use up all runs.
    const bool has_equals = study.leads.back() == study.leads.at(study.leads.size() - 2);
    EXPECT_TRUE(runs < 0.7 * count * kMost || (has_equals && !study.limit)) << study.name;
  }
}

}  // namespace
}  // namespace gpu_sweep
