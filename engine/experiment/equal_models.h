// Finds models that differ only in their names.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// Returns one line for each set of models that have the same settings, in the order of the models. A line
/// is, for example, "models 'a' and 'b' have the same settings: they are one model under several names and
/// share their runs". Class weights that are all 1 count as no weights; the runs of such models are equal,
/// but they are not shared.
std::vector<std::string> equal_models(const std::vector<ModelSpec>& models);

}  // namespace gpu_sweep
