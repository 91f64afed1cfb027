// Finds settings of a model that exclude each other.
#pragma once

#include <string>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// Returns a line such as "schedule.warmup: found 5 epochs, expected less than epochs, 3". Returns "" if the
/// settings are compatible.
std::string contradiction_in(const ModelSpec& model);

/// Returns what is wrong with class weights that an experiment states: "weights that are all 0", "300
/// weights" or "no weight". Returns "" if they are valid.
std::string fault_in(const ClassWeights& weights);

}  // namespace gpu_sweep
