// Splits the variance of the difference between two models, on the same seeds and images, into a part due to
// the seeds and a part due to the images.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/methods/estimate.h"

namespace gpu_sweep {

/// Which answers of one model are right, in several runs on the same images, and how many.
class RightAnswers {
 public:
  /// `bits` [runs, ceil(images / 8)] has a row per run: bit j % 8 of byte j / 8 is 1 if the run is right on
  /// image j, and bits after the last image are 0. Throws std::invalid_argument if it has another size.
  RightAnswers(std::vector<std::uint8_t> bits, int runs, int images);

  int runs() const { return static_cast<int>(of_runs_.size()); }      ///< R
  int images() const { return static_cast<int>(of_images_.size()); }  ///< N
  /// Returns the number of images on which each run is right, [R].
  const std::vector<int>& of_runs() const { return of_runs_; }
  /// Returns the number of runs that are right on each image, [N].
  const std::vector<int>& of_images() const { return of_images_; }
  const std::vector<std::uint8_t>& bits() const { return bits_; }

  /// Returns the answers of some of the runs, given by their indices.
  RightAnswers of(std::span<const std::size_t> runs) const;

 private:
  std::vector<std::uint8_t> bits_;
  std::vector<int> of_runs_;
  std::vector<int> of_images_;
};

/// Variance of the difference d_ij between two models in one answer (seed i of R, image j of N), by cause. MS
/// stands for the mean squares of the analysis of variance. The estimates are unbiased, so an estimate near 0
/// can be negative.
struct VarianceComponents {
  double seeds = 0;   ///< (MS_seeds - MS_rest) / N
  double images = 0;  ///< (MS_images - MS_rest) / R
  double rest = 0;    ///< MS_rest: seeds x images
};

/// With fewer images than this on which the models differ, no claim is made about new images.
constexpr int kFewestDifferingImages = 20;

struct TwoWay {
  int runs = 0;              ///< R
  int images = 0;            ///< N
  int differing_images = 0;  ///< images on which the models have different numbers of right runs
  Estimate
      on_these_images;  ///< difference of accuracies over new seeds: variance MS_seeds / (R N), R - 1 degrees
  Estimate on_new_images;  ///< difference of accuracies over new seeds and new images
  VarianceComponents components;

  bool enough_images() const { return differing_images >= kFewestDifferingImages; }

  /// Returns whether no number of runs would exclude 0 from the interval on new images at level `alpha`, as
  /// far as these runs can say: the interval on these images, at the same level, lies within the range that
  /// the choice of the images alone leaves open, z sqrt(components.images / N) on each side of 0, where z is
  /// the normal quantile of 1 - `alpha` / 2. False if the models differ on too few images.
  bool images_limit(double alpha) const;
};

/// Returns the two-way analysis of variance of the right answers of a minus those of b, where run i of a is
/// paired with run i of b. The variance on new images is (MS_seeds + MS_images - MS_rest) / (R N), with the
/// degrees of freedom of Satterthwaite (1946) (Searle, Casella and McCulloch 1992; Bouthillier et al. 2021),
/// but at least the greater of MS_seeds / (R N) and MS_images / (R N). Throws std::invalid_argument unless
/// both have the same R >= 2 and the same N >= 2.
TwoWay two_way(const RightAnswers& a, const RightAnswers& b);

}  // namespace gpu_sweep
