// How many runs show a difference: the report's own rule, simulated on the scores of a pilot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/methods/resample.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// The probability with which a planned study tells a pair that differs by the stated difference.
constexpr double kPlannedPower = 0.8;

/// How the scores of equal models vary over seeds.
class SeedNoise {
 public:
  /// Draws independent normal scores of this standard deviation > 0, as if counted on `images` images.
  SeedNoise(double deviation, int images);

  /// Draws seeds of the pilot with replacement. Takes the models that have runs on at least two common seeds;
  /// their scores are centered and stretched by sqrt(R / (R - 1)), so that they vary as the pilot's do.
  /// Throws std::invalid_argument if there are none.
  explicit SeedNoise(std::span<const ModelRuns> pilot);

  int pilot_models() const { return static_cast<int>(scores_.size()); }  ///< 0 without a pilot
  int pilot_runs() const;                                                ///< R, of each; 0 without
  double unit() const { return unit_; }                                  ///< 1 / images
  /// Returns the standard deviation of the difference of two models on a seed; over all pairs of a pilot, the
  /// root of the mean square.
  double deviation_of_differences() const { return difference_deviation_; }

  /// Returns scores [models][runs] with mean 0. Model m is the pilot's model (first + m) % pilot_models();
  /// where that comes around, its seeds are drawn anew.
  std::vector<std::vector<double>> draw(RandomSequence& random, std::size_t first, std::size_t models,
                                        int runs) const;

 private:
  std::vector<std::vector<double>> scores_;  ///< [models][R]
  double deviation_ = 0;                     ///< of one model without a pilot
  double difference_deviation_ = 0;
  double unit_ = 0;
};

/// Returns the share of simulated pairs that the rule tells: one of `models` models is better than the others
/// by `difference` (an accuracy), and `runs` runs of each are decided by decide_pairs over all pairs. At most
/// eight rivals are drawn; those that are not count as never told, which is what Holm's first steps do.
double simulated_power(const SeedNoise& noise, double difference, std::size_t models, int runs, int studies);

struct RunsToDetect {
  int runs = 0;      ///< of each model
  double power = 0;  ///< simulated at `runs`; kPlannedPower if not simulated
  int studies = 0;   ///< 0: beyond kMostSimulatedRuns the normal approximation is given
};
constexpr int kMostSimulatedRuns = 400;

/// Returns the least number of runs with which simulated_power is kPlannedPower, within 2 % of it. Absent if
/// it is more than 1e9.
std::optional<RunsToDetect> runs_to_detect(const SeedNoise& noise, double difference, std::size_t models);

/// What a pilot says of new images, from the mean variances over the pairs of its first ten models.
struct ImageFloor {
  int images = 0;  ///< N of the test split
  /// The smallest difference that any number of runs shows on new images with kPlannedPower: z sqrt(V / N),
  /// with V the variance of an image's expected difference, and z that of Holm's first step and the power.
  double smallest = 0;
  /// Runs of each that show `difference` on new images by the normal approximation; absent if none do.
  std::optional<int> runs;
};

/// Absent if no pair of the pilot has two runs on common seeds that keep predictions of all `labels` [N], or
/// if too few images differ to tell (TwoWay::enough_images). `models` is the number of models that are
/// planned.
std::optional<ImageFloor> image_floor(std::span<const ModelRuns> pilot, std::span<const std::uint8_t> labels,
                                      double difference, std::size_t models);

}  // namespace gpu_sweep
