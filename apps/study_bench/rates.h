// The quantities that the benchmarks measure: whole epochs, and the matrix products in them.
#pragma once

#include "engine/sweep/cost.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep::bench {

/// Returns the seconds that the matrix products of one epoch and its validation take, with one replica on
/// each of `lanes` concurrent lanes. Every product is timed separately, in row-major layout without
/// padding, and repeatedly on the same operands, so that they stay in the cache if they fit. Its median time
/// is multiplied by the number of times that an epoch runs it.
double gemm_seconds_per_epoch(const MlpSpec& shape, const SplitRows& rows, const Backend& backend, int lanes);

/// Returns the seconds per epoch while each of `lanes` lanes trains one replica of `model`. In this time, the
/// machine finishes `lanes` replica-epochs. The result is the median of `epochs` epochs after one warm-up
/// epoch.
double epoch_seconds(const ModelSpec& model, Precision precision, const Dataset& dataset,
                     const Backend& backend, int lanes, int epochs);

}  // namespace gpu_sweep::bench
