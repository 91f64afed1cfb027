// The time of only the matrix products of an epoch, as a reference for the whole run.
#pragma once

#include <vector>

#include "engine/lane/device.h"
#include "engine/model/mlp_spec.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep::bench {

/// Returns the seconds that the products of one epoch and its validation take, with one replica on each of
/// `lanes` concurrent lanes. Repeats every product of the step by itself on buffers in cache, in plain
/// row-major layout without padding, and counts its median time as often as an epoch runs it.
double gemm_seconds_an_epoch(const MlpSpec& shape, const SplitRows& rows, const Backend& backend, int lanes);

}  // namespace gpu_sweep::bench
