// Checks that weights from a file fit a network.
#pragma once

#include <string>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/mlp_spec.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Throws Error(kData) if shapes differ: "file: dense_1/kernel: found [256, 64], expected [256, 128]".
void check_shape(const Weights& weights, const MlpSpec& shape, const std::string& file);

/// Returns the widths of the network's hidden layers. Throws Error(kData) if its inputs or outputs do not fit
/// `dataset`.
std::vector<int> hidden_widths(const Weights& weights, const Dataset& dataset, const std::string& file);

}  // namespace gpu_sweep
