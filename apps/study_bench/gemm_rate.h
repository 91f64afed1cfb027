// The time that an epoch's matrix products take without the other operations, as a reference for the whole
// run.
#pragma once

#include <vector>

#include "engine/sweep/cost.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep::bench {

/// Returns the seconds that the products of one epoch and its validation take, with one replica on each of
/// `lanes` concurrent lanes. Times every product of the step separately, on buffers in cache and in plain
/// row-major layout without padding, and multiplies its median time by how often an epoch runs it.
double gemm_seconds_an_epoch(const MlpSpec& shape, const SplitRows& rows, const Backend& backend, int lanes);

}  // namespace gpu_sweep::bench
