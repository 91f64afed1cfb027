// The simplest check of a device, to show why more is needed.
#pragma once

#include "engine/lane/lane.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep::test {

/// Returns whether two replicas of `group` are close to the CPU's fp32 results after three steps with the
/// group's activation and optimizer, without dropout: mean loss and, in the 2-norm, weights within 1e-3 in
/// fp32, 1e-2 in tf32, 3e-2 in bf16; in fp32 also the last gradient.
bool losses_and_weights_agree(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep::test
