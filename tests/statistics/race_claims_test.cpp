// Simulates races, to count how often they drop the best model, how often the verdict on those that remain is
// false, and how many runs races save. See claims_test.cpp.
#include <gtest/gtest.h>

#include <random>

#include "engine/statistics/comparison.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/race.h"
#include "tests/statistics/claim_rates.h"
#include "tests/statistics/simulated_scores.h"

namespace gpu_sweep {
namespace {

/// A simulated race. In each test, no model has a higher mean accuracy than the first one.
struct SimulatedRace {
  Experiment experiment;
  std::vector<RunRecord> runs;
  Purchase race;

  /// `means` and `shapes` are by model. `of_seeds` is the standard deviation of the effect that a seed has on
  /// all models alike.
  SimulatedRace(const std::vector<double>& means, const std::vector<Shape>& shapes, int most, double of_seeds,
                SimulatedScores& scores, std::mt19937& random) {
    const auto names = names_of_models(static_cast<int>(means.size()));
    experiment = synthetic_experiment(names, most);
    experiment.analysis.until_decided = experiment.analysis.race = true;
    for (std::size_t i = 0; i < means.size(); ++i) {
      scores.add_model(runs, names[i], means[i], shapes[i], most);
    }
    std::normal_distribution<double> draw(0, of_seeds);
    std::vector<double> effects(static_cast<std::size_t>(most));
    if (of_seeds > 0) {
      for (double& each : effects) each = draw(random);
    }
    for (RunRecord& run : runs) run.final[1].accuracy += effects[run.seed];
    race = race_of(experiment, runs);
  }

  bool lost_the_best() const { return std::ranges::count(race.left, 0U, &Leaver::model) > 0; }

  int cost() const {
    int bought = 0;
    for (const int each : race.wanted) bought += each;
    return bought;
  }
};

struct RaceCase {
  const char* name;
  int models;
  Shape usual = Shape::kNormal;
  Shape best = Shape::kNormal;
  double of_seeds = 0;
  int poor = 0;  ///< number of models at the end that are 2 points worse and spread twice as much
};

TEST(RaceClaims, TheBestIsSeldomDropped) {
  for (const RaceCase& each :
       {RaceCase{"normal", 3}, RaceCase{"normal", 5}, RaceCase{"normal", 20}, RaceCase{"normal", 200},
        RaceCase{"normal, seeds in common", 20, Shape::kNormal, Shape::kNormal, 0.0033},
        RaceCase{"18 of them poor, which spread twice as much", 20, Shape::kNormal, Shape::kNormal, 0, 18},
        RaceCase{"15 of them poor, which spread twice as much", 20, Shape::kNormal, Shape::kNormal, 0, 15},
        RaceCase{"skewed", 20, Shape::kSkewed, Shape::kSkewed},
        RaceCase{"t, 3 degrees", 20, Shape::kHeavy, Shape::kHeavy},
        RaceCase{"10 % of the runs fail by 1 point", 20, Shape::kFailBy1, Shape::kFailBy1},
        RaceCase{"all fail by 3 points in 10 %", 20, Shape::kFailBy3, Shape::kFailBy3},
        RaceCase{"only the others spread twice as much", 20, Shape::kWide, Shape::kNormal},
        RaceCase{"only the best skewed, twice the spread", 20, Shape::kNormal, Shape::kWideSkewed},
        RaceCase{"only the best spreads twice as much", 20, Shape::kNormal, Shape::kWide},
        RaceCase{"only the best fails by 3 points in 10 %", 20, Shape::kNormal, Shape::kFailBy3}}) {
    std::vector<double> means(static_cast<std::size_t>(each.models), 0.89);
    std::fill_n(means.rbegin(), each.poor, 0.87);
    SimulatedScores scores(11);
    std::mt19937 random(11);
    int lost = 0;
    const int all = studies(each.models);
    for (int study = 0; study < all; ++study) {
      std::vector<Shape> shapes(means.size(), each.usual);
      shapes[0] = each.best;
      std::fill_n(shapes.rbegin(), each.poor, Shape::kWide);
      lost += SimulatedRace(means, shapes, 42, each.of_seeds, scores, random).lost_the_best();
    }
    const Rate found = rate_of(
        "race, " + std::to_string(each.models) + " models, " + each.name + ": best dropped", lost, all);
    EXPECT_LE(found.share, 0.05 + 3 * found.error) << each.name;
  }
}

TEST(RaceClaims, TheVerdictOnThoseThatRemainIsSeldomFalse) {
  const std::vector<double> means(5, 0.89);
  SimulatedScores scores(17);
  std::mt19937 random(17);
  int differ = 0;
  const int all = studies(5);
  for (int study = 0; study < all; ++study) {
    // In these runs the test accuracies equal the validation accuracies, by which the race made its choices.
    const SimulatedRace found(means, std::vector<Shape>(5, Shape::kNormal), 94, 0, scores, random);
    std::vector<ModelRuns> remaining;
    const auto models = runs_by_model(found.experiment, found.runs);
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (std::ranges::count(found.race.left, i, &Leaver::model) == 0) {
        remaining.push_back(first_seeds(models[i], found.experiment, found.race.wanted[i]));
      }
    }
    differ += std::ranges::any_of(
        compare_models(remaining, judged_metric(found.experiment), {}, Looks::kAfterEach, 10),
        [](const Comparison& each) { return each.told; });
  }
  const Rate found = rate_of("race, 5 equal models: those that remain differ", differ, all);
  EXPECT_LE(found.share, 0.05 + 3 * found.error);
}

TEST(RaceClaims, CostBesideAllRunsOfAll) {
  struct Grid {
    const char* name;
    int models;
    double spread;               ///< standard deviation of the models' means, in points
    double saved;                ///< smallest share of the runs that must be saved
    bool poor_are_wide = false;  ///< models more than 0.5 points behind spread twice as much
  };
  std::printf("grid | runs bought | of at most | saved | remain | best dropped\n");
  for (const Grid& grid :
       {Grid{"200 models, means spread by 1 point", 200, 1, 0.85},
        Grid{"200 models, by 1 point, poor ones spread twice as much", 200, 1, 0.75, true},
        Grid{"200 models, means spread by 0.5 points", 200, 0.5, 0.8},
        Grid{"200 models, means spread by 0.2 points", 200, 0.2, 0.4},
        Grid{"20 models, means spread by 0.5 points", 20, 0.5, 0.6},
        Grid{"5 models, means spread by 0.5 points", 5, 0.5, 0.3}, Grid{"20 equal models", 20, 0, 0}}) {
    constexpr int kMost = 42;
    SimulatedScores scores(13);
    std::mt19937 random(13);
    const int all = studies(grid.models);
    double runs = 0;
    double remain = 0;
    int lost = 0;
    for (int study = 0; study < all; ++study) {
      std::normal_distribution<double> draw(0.89, grid.spread / 100);
      std::vector<double> means(static_cast<std::size_t>(grid.models), 0.89);
      if (grid.spread > 0) {
        for (double& mean : means) mean = draw(random);
      }
      std::iter_swap(means.begin(), std::ranges::max_element(means));
      std::vector<Shape> shapes(means.size(), Shape::kNormal);
      for (std::size_t i = 0; grid.poor_are_wide && i < means.size(); ++i) {
        if (means[i] < means[0] - 0.005) shapes[i] = Shape::kWide;
      }
      const SimulatedRace found(means, shapes, kMost, 0, scores, random);
      runs += found.cost();
      remain += static_cast<double>(found.race.looks.back().models);
      lost += found.lost_the_best() ? 1 : 0;
    }
    const double most = static_cast<double>(grid.models) * kMost;
    const double saved = 1 - runs / all / most;
    std::printf("| %s | %.0f | %.0f | %.2f | %.1f | %.3f |\n", grid.name, runs / all, most, saved,
                remain / all, static_cast<double>(lost) / all);
    EXPECT_GE(saved, grid.saved) << grid.name;
    EXPECT_LE(lost, 0.05 * all + 3 * std::sqrt(0.05 * all)) << grid.name;
  }
}

}  // namespace
}  // namespace gpu_sweep
