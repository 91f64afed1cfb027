// Computes how many runs it takes to show a difference, by simulating the rule by which reports decide
// (decide_pairs) on the scores of a pilot, a small study that was run before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/methods/resample.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// The probability with which a planned study tells apart two models that differ by the stated difference.
constexpr double kPlannedPower = 0.8;

/// How the scores of equal models vary over seeds.
class SeedNoise {
 public:
  /// Makes draw() return independent normal scores with the standard deviation `deviation` > 0. The scores
  /// stand for accuracies on `images` images.
  SeedNoise(double deviation, int images);

  /// Makes draw() resample the seeds of the pilot with replacement. Only models with two or more runs are
  /// used, on the R seeds that all of these models share. The scores are centered, and multiplied by
  /// sqrt(R / (R - 1)), because resampling shrinks the variance. Throws std::invalid_argument if R < 2 or if
  /// there is no such model.
  explicit SeedNoise(std::span<const ModelRuns> pilot);

  int pilot_models() const { return static_cast<int>(scores_.size()); }  ///< 0 without a pilot
  int pilot_runs() const;                                                ///< R; 0 without a pilot
  double unit() const { return unit_; }                                  ///< 1 / images; 0 if unknown
  /// Returns the standard deviation of the difference between two models on one seed: the root mean square
  /// over the pairs of the pilot or, with fewer than two pilot models, sqrt(2) times one model's deviation.
  double deviation_of_differences() const { return difference_deviation_; }

  /// Returns scores [models][runs] with expected value 0. With a pilot, model m takes its scores from the
  /// pilot's model (first + m) % pilot_models(). The models are drawn in groups of pilot_models(), each of
  /// which shares its drawn seeds.
  std::vector<std::vector<double>> draw(RandomSequence& random, std::size_t first, std::size_t models,
                                        int runs) const;

 private:
  std::vector<std::vector<double>> scores_;  ///< [models][R]
  double deviation_ = 0;                     ///< of one model; used without a pilot
  double difference_deviation_ = 0;
  double unit_ = 0;
};

/// Returns the share of pairs that decide_pairs tells apart in `studies` simulated studies. In each study,
/// one of `models` models is better than all others by `difference` (in accuracy), and each model has `runs`
/// runs. Only the pairs of the better model with at most eight others are simulated. Holm's correction still
/// covers all pairs of models: pairs that are not simulated count as p = 1.
double simulated_power(const SeedNoise& noise, double difference, std::size_t models, int runs, int studies);

struct RunsToDetect {
  int runs = 0;      ///< per model
  double power = 0;  ///< simulated at `runs`; kPlannedPower if not simulated
  /// Number of simulated studies. It is 0 if the normal approximation of `runs` is above kMostSimulatedRuns;
  /// `runs` is then this approximation.
  int studies = 0;
};
constexpr int kMostSimulatedRuns = 400;

/// Returns the smallest number of runs, to within 2 %, with which simulated_power reaches kPlannedPower.
/// Absent if the normal approximation gives more than 1e9 runs.
std::optional<RunsToDetect> runs_to_detect(const SeedNoise& noise, double difference, std::size_t models);

/// What a pilot says about differences on new images. The variances are means over the pairs of the first ten
/// models of the pilot.
struct ImageFloor {
  int images = 0;  ///< number N of test images
  /// The smallest difference that can be shown on new images with kPlannedPower, however many runs there are:
  /// z sqrt(V / N). V is the variance, over images, of the expected difference; z is the sum of the normal
  /// quantiles for Holm's first step and for the power.
  double smallest = 0;
  /// Number of runs per model that shows the difference given to image_floor on new images, by the normal
  /// approximation. Absent if it would be 1e9 or more, or if no number of runs is enough.
  std::optional<int> runs;
};

/// Computes the ImageFloor of a pilot. Uses those pairs of models that have at least two common seeds, kept
/// predictions for all `labels` [N], and enough images on which the two models differ
/// (TwoWay::enough_images). Absent if there are no such pairs. `models` is the number of models of the
/// planned study.
std::optional<ImageFloor> image_floor(std::span<const ModelRuns> pilot, std::span<const std::uint8_t> labels,
                                      double difference, std::size_t models);

}  // namespace gpu_sweep
