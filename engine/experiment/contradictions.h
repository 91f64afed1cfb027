// Finds settings of a model that exclude each other.
#pragma once

#include <string>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// Returns "schedule.warmup: found 5 epochs, expected less than epochs, 3", or "" if the settings fit
/// together.
std::string contradiction_in(const ModelSpec& model);

/// Returns "weights that are all 0", "300 weights" or "no weight", or "" if stated weights of classes can be
/// right.
std::string fault_in(const ClassWeights& weights);

}  // namespace gpu_sweep
