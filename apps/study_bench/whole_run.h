// The actual time of an epoch: training and the validation after it.
#pragma once

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep::bench {

/// Returns the seconds per epoch while each of `lanes` lanes trains one replica of `model`: the machine
/// finishes `lanes` replica-epochs in that time. Takes the median of `epochs` epochs after one to warm up.
double epoch_seconds(const ModelSpec& model, Precision precision, const Dataset& dataset,
                     const Backend& backend, int lanes, int epochs);

}  // namespace gpu_sweep::bench
