// A simple check of a device, which shows why check_device does more.
#pragma once

#include "engine/lane/lane.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep::test {

/// Trains two runs like the first one of `group`, but with the optimizer's default scalars, for three steps.
/// Returns whether they are close to the CPU's fp32 results. Compares the mean loss, the weights (in the
/// 2-norm) and, in fp32, the last gradient, with a relative tolerance of 1e-3 in fp32, 1e-2 in tf32 and 3e-2
/// in bf16.
bool losses_and_weights_agree(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep::test
