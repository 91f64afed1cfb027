// Models that are one but for their names.
#pragma once

#include <string>
#include <vector>

#include "engine/model/model_spec.h"

namespace gpu_sweep {

/// A line for each set of models with the same settings, such as "models 'a' and 'b' have the same settings
/// and share their runs", in the models' order.
std::vector<std::string> equal_models(const std::vector<ModelSpec>& models);

}  // namespace gpu_sweep
