// Labels that can be trained on and are likely a mistake.
#pragma once

#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace gpu_sweep {

/// A line each: one class only; labels counted from 1; labels below the largest that no image has; classes
/// that have images in one or two of the three sets only. `label_file` is the training labels' path.
std::vector<std::string> label_remarks(const Dataset& dataset, const std::string& label_file);

}  // namespace gpu_sweep
