#include "engine/statistics/calibration.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace gpu_sweep {
namespace {

/// Adds the images of `bin` to those of `all`, and updates the means of `all`.
void pool(ReliabilityBin& all, const ReliabilityBin& bin) {
  const auto images = static_cast<double>(all.images), more = static_cast<double>(bin.images);
  all.images += bin.images;
  if (all.images == 0) return;
  all.confidence = (all.confidence * images + bin.confidence * more) / (images + more);
  all.accuracy = (all.accuracy * images + bin.accuracy * more) / (images + more);
}

std::size_t bin_of(float probability) {
  const int tenth = static_cast<int>(probability * kReliabilityBins);
  return static_cast<std::size_t>(std::clamp(tenth, 0, kReliabilityBins - 1));
}

}  // namespace

Calibration calibration(std::span<const float> probabilities, std::span<const std::uint8_t> labels) {
  if (labels.empty() || probabilities.empty() || probabilities.size() % labels.size() != 0) {
    throw std::invalid_argument("probabilities and labels disagree on the number of images");
  }
  const std::size_t classes = probabilities.size() / labels.size();
  const auto images = static_cast<double>(labels.size());
  Calibration found;
  std::uint64_t hits = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::span<const float> row = probabilities.subspan(i * classes, classes);
    const auto highest = std::max_element(row.begin(), row.end());
    const bool right = highest - row.begin() == labels[i];
    pool(found.bins[bin_of(*highest)], {1, *highest, right ? 1.0 : 0.0});
    hits += right ? 1 : 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const double error = row[k] - (k == labels[i] ? 1.0 : 0.0);
      found.brier += error * error / images;
    }
  }
  found.accuracy = static_cast<double>(hits) / images;
  for (const ReliabilityBin& bin : found.bins) {
    found.expected_error +=
        static_cast<double>(bin.images) / images * std::abs(bin.accuracy - bin.confidence);
  }
  return found;
}

void ModelCalibrator::add(std::uint64_t seed, std::span<const float> probabilities) {
  const Calibration run = calibration(probabilities, labels_);
  sums_.resize(probabilities.size());
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += probabilities[i];
  found_.seeds.push_back(seed);
  found_.single.accuracy += run.accuracy;
  found_.single.expected_error += run.expected_error;
  found_.single.brier += run.brier;
  for (std::size_t i = 0; i < run.bins.size(); ++i) pool(found_.single.bins[i], run.bins[i]);
}

ModelCalibration ModelCalibrator::result() const {
  ModelCalibration result = found_;
  const auto runs = static_cast<double>(result.seeds.size());
  result.single.accuracy /= runs;
  result.single.expected_error /= runs;
  result.single.brier /= runs;
  std::vector<float> means(sums_.size());
  std::transform(sums_.begin(), sums_.end(), means.begin(),
                 [&](double sum) { return static_cast<float>(sum / runs); });
  result.ensemble = calibration(means, labels_);
  return result;
}

}  // namespace gpu_sweep
