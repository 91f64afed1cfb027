// The sampling error of an accuracy that is due to the finite set of images. More runs reduce only a part of
// it.
#pragma once

#include <span>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Returns the binomial standard error of an accuracy measured on N > 0 images, sqrt(p (1 - p) / N). It holds
/// for a single run and is an upper bound for the mean over runs.
double binomial_standard_error(double accuracy, double images);

/// Returns the number of images in the split, from the confusion matrix of the first run; 0 if there is no
/// run or no such image.
int images_of(const ModelRuns& model, Split split);

/// Returns the standard error, over draws of the test images, of the mean test accuracy of the model's runs:
/// the standard deviation over images of the share of runs that got the image right, divided by sqrt(N).
/// `labels` [N] are the true classes. NaN unless there is a run, every run keeps N predictions, and N >= 2.
double test_standard_error(const ModelRuns& model, std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
