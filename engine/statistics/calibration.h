// Whether a classifier's confidence is what it says: how often it is right when it says 90 %.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace gpu_sweep {

/// Images whose highest class probability lies in one tenth of [0, 1]; 1 belongs to the last.
struct ReliabilityBin {
  std::uint64_t images = 0;
  double confidence = 0;  ///< mean highest probability; 0 without images
  double accuracy = 0;    ///< share that is right; 0 without images
};
constexpr int kReliabilityBins = 10;

struct Calibration {
  double accuracy = 0;        ///< of the class of the highest probability, the lowest on ties
  double expected_error = 0;  ///< mean over the images of |accuracy - confidence| of their bin (ECE)
  double brier = 0;  ///< mean over the images of the sum over classes of (p - [class is true])^2, 0 to 2
  std::array<ReliabilityBin, kReliabilityBins> bins;
};

/// `probabilities` [N, K], `labels` [N], N and K at least 1 and of equal N (else std::invalid_argument).
/// Source: Guo et al., On Calibration of Modern Neural Networks, 2017 (ECE); Brier, 1950 (the score of all
/// classes).
Calibration calibration(std::span<const float> probabilities, std::span<const std::uint8_t> labels);

/// What the kept probabilities of a model's runs say.
struct ModelCalibration {
  std::vector<std::uint64_t> seeds;  ///< of the runs that keep them
  Calibration single;                ///< means over the runs; bins hold the images of all of them
  Calibration ensemble;              ///< of the mean probabilities of these runs
};

/// Takes one run after the other, so that never more than one of them is in memory.
class ModelCalibrator {
 public:
  explicit ModelCalibrator(std::vector<std::uint8_t> labels) : labels_(std::move(labels)) {}

  /// `probabilities` [N, K] of one more run.
  void add(std::uint64_t seed, std::span<const float> probabilities);

  /// Of at least one run.
  ModelCalibration result() const;

 private:
  std::vector<std::uint8_t> labels_;  // [N]
  std::vector<double> sums_;          // [N, K]
  ModelCalibration found_;            // `single` holds sums until result()
};

}  // namespace gpu_sweep
