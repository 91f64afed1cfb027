// The actual time of an epoch: training and the validation after it.
#pragma once

#include "engine/data/dataset.h"
#include "engine/lane/device.h"
#include "engine/model/mlp_spec.h"

namespace gpu_sweep::bench {

/// Returns the seconds per epoch while each of `lanes` lanes trains one replica of `model`: the machine
/// finishes `lanes` replica-epochs in that time. Takes the median of `epochs` epochs after one to warm up.
double epoch_seconds(const ModelSpec& model, Precision precision, const Dataset& dataset,
                     const Backend& backend, int lanes, int epochs);

}  // namespace gpu_sweep::bench
