// The sampling error of an accuracy that is due to the finite set of images. More runs do not reduce it; they
// reduce only the error that is due to the seeds.
#pragma once

#include <span>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Returns the binomial standard error of an accuracy measured on N > 0 images, sqrt(p (1 - p) / N). It holds
/// for a single run and is an upper bound for the mean over runs.
double binomial_standard_error(double accuracy, double images);

/// Returns the number of images in the split, from the confusion matrices, or 0 if there are none.
int images_of(const ModelRuns& model, Split split);

/// Returns the standard error, over draws of the test images, of the mean test accuracy of the model's runs:
/// the standard deviation over images of the share of runs that got the image right, divided by sqrt(N).
/// `labels` [N] are the true classes. NaN if the runs keep no predictions or N < 2.
double test_standard_error(const ModelRuns& model, std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
