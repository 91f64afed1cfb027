// What the benchmarks measure: whole epochs, and the matrix products in them.
#pragma once

#include "engine/sweep/cost.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep::bench {

/// Returns the seconds that the products of one epoch and its validation take, with one replica on each of
/// `lanes` concurrent lanes. Times every product of the step separately, on buffers in cache and in plain
/// row-major layout without padding, and multiplies its median time by how often an epoch runs it.
double gemm_seconds_per_epoch(const MlpSpec& shape, const SplitRows& rows, const Backend& backend, int lanes);

/// Returns the seconds per epoch while each of `lanes` lanes trains one replica of `model`: the machine
/// finishes `lanes` replica-epochs in that time. Takes the median of `epochs` epochs after one to warm up.
double epoch_seconds(const ModelSpec& model, Precision precision, const Dataset& dataset,
                     const Backend& backend, int lanes, int epochs);

}  // namespace gpu_sweep::bench
