// What the products of an epoch cost by themselves: the yardstick of the whole run.
#pragma once

#include <vector>

#include "engine/lane/device.h"
#include "engine/model/mlp_spec.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep::bench {

/// Seconds that the products of one epoch and its validation take, one replica a lane, `lanes` lanes at once:
/// every product of the step is repeated by itself on hot buffers, in plain row-major layout and without any
/// padding, and its median time counts as often as an epoch runs it.
double gemm_seconds_an_epoch(const MlpSpec& shape, const SetRows& rows, const Backend& backend, int lanes);

}  // namespace gpu_sweep::bench
