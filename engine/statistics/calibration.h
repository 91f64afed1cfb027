// Calibration of a classifier: whether it is right as often as its confidence says, for example 90 % of the
// time when its confidence is 90 %.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace gpu_sweep {

/// The images whose highest class probability lies in one of the ten equal parts of [0, 1]. A probability of
/// 1 belongs to the last part.
struct ReliabilityBin {
  std::uint64_t images = 0;
  double confidence = 0;  ///< mean highest probability; 0 without images
  double accuracy = 0;    ///< share of the images classified correctly; 0 without images
};
constexpr int kReliabilityBins = 10;

struct Calibration {
  double accuracy = 0;        ///< share of images whose most probable class (the lowest on ties) is right
  double expected_error = 0;  ///< ECE: mean over the images of |accuracy - confidence| of their bin
  double brier = 0;  ///< mean over the images of the sum over classes of (p - [class is true])^2, 0 to 2
  std::array<ReliabilityBin, kReliabilityBins> bins;
};

/// Computes the calibration of `probabilities` [N images, K classes] against `labels` [N]. Throws
/// std::invalid_argument unless N and K are at least 1 and the number of `probabilities` is a multiple of N.
/// Sources: Guo et al., On Calibration of Modern Neural Networks, 2017, for the ECE; Brier, 1950, for the
/// score over all classes.
Calibration calibration(std::span<const float> probabilities, std::span<const std::uint8_t> labels);

/// The calibration of a model, from its runs whose probabilities were kept.
struct ModelCalibration {
  std::vector<std::uint64_t> seeds;  ///< of the runs whose probabilities were kept
  Calibration single;                ///< means over the runs; the bins pool the images of all runs
  Calibration ensemble;              ///< of the mean probabilities of these runs
};

/// Computes the calibration of a model. Runs are added one at a time, so that the probabilities of only one
/// run are in memory.
class ModelCalibrator {
 public:
  explicit ModelCalibrator(std::vector<std::uint8_t> labels) : labels_(std::move(labels)) {}

  /// Adds one run with its `probabilities` [N, K]. Throws as calibration() does.
  void add(std::uint64_t seed, std::span<const float> probabilities);

  /// Returns the calibration of the runs added so far. Throws std::invalid_argument if there are none.
  ModelCalibration result() const;

 private:
  std::vector<std::uint8_t> labels_;  // [N]
  std::vector<double> sums_;          // [N, K]
  ModelCalibration found_;            // the numbers of `single` are sums until result() divides them
};

}  // namespace gpu_sweep
