// The error that comes from a finite set of images: more runs do not shrink it.
#pragma once

#include <span>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Standard error of an accuracy measured on N > 0 images, from the binomial: sqrt(p (1 - p) / N). What a
/// single run has, and an upper bound for a mean over runs.
double binomial_standard_error(double accuracy, double images);

/// Number of images of the set, from the confusion matrices; 0 where there are none.
int images_of(const ModelRuns& model, Set set);

/// Standard error, over draws of the test images, of the mean test accuracy of the model's runs: the standard
/// deviation over images of the share of runs that got the image right, over sqrt(N).
/// `labels` [N] are the true classes. NaN where the runs keep no predictions or N < 2.
double test_standard_error(const ModelRuns& model, std::span<const std::uint8_t> labels);

/// The same for the difference of two models' mean test accuracies. Images that are hard for both cancel, so
/// it is much smaller than the error of either.
double paired_test_standard_error(const ModelRuns& a, const ModelRuns& b,
                                  std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
