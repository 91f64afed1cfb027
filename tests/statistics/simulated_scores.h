// Scores of simulated models, for simulations that count false claims of the report.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {

/// The distribution of the deviation of a run's accuracy from the mean of its model. Its mean is always zero.
/// Its standard deviation, the spread, is 0.0033 unless the shape says otherwise.
enum class Shape {
  kNormal,
  kSkewed,      ///< exponential, with a long tail towards low accuracies
  kHeavy,       ///< Student's t with 3 degrees of freedom, scaled to the spread
  kWide,        ///< normal, with twice the spread
  kWideSkewed,  ///< skewed, with twice the spread
  kFailBy1,     ///< normal, but 10 % of the runs are lower by 0.01, which adds to the spread
  kFailBy3,     ///< normal, but 10 % of the runs are lower by 0.03, which adds to the spread
};

class SimulatedScores {
 public:
  explicit SimulatedScores(std::uint32_t seed) : random_(seed) {}

  double deviation(Shape shape) {
    constexpr double kSpread = 0.0033;
    switch (shape) {
      case Shape::kNormal:
        return kSpread * normal_(random_);
      case Shape::kSkewed:
        return kSpread * (1 - exponential_(random_));
      case Shape::kHeavy:
        return kSpread * student_(random_) / std::sqrt(3.0);
      case Shape::kWide:
        return 2 * kSpread * normal_(random_);
      case Shape::kWideSkewed:
        return 2 * kSpread * (1 - exponential_(random_));
      case Shape::kFailBy1:
        return kSpread * normal_(random_) + 0.001 - (uniform_(random_) < 0.1 ? 0.01 : 0);
      case Shape::kFailBy3:
        return kSpread * normal_(random_) + 0.003 - (uniform_(random_) < 0.1 ? 0.03 : 0);
    }
    return 0;
  }

  /// Appends `n` runs of a model with the mean accuracy `mean`. Accuracies are the same on all splits, and
  /// counted on 10,000 images.
  void add_model(std::vector<RunRecord>& runs, const std::string& name, double mean, Shape shape, int n) {
    for (int i = 0; i < n; ++i) {
      const double right = std::round(10'000 * (mean + deviation(shape)));
      RunRecord& run = runs.emplace_back(synthetic_run(name, static_cast<std::uint64_t>(i), right / 10'000));
      for (const Split split : kBasicSplits) {
        run.confusion[index_of(split)] = {
            2, {static_cast<std::uint32_t>(right), 0, static_cast<std::uint32_t>(10'000 - right), 0}};
      }
    }
  }

 private:
  std::mt19937 random_;
  std::normal_distribution<double> normal_;
  std::exponential_distribution<double> exponential_;
  std::student_t_distribution<double> student_{3};
  std::uniform_real_distribution<double> uniform_;
};

}  // namespace gpu_sweep
