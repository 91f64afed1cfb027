// The plainest check of a device, to see what more it takes.
#pragma once

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep::test {

/// Whether two replicas of `group` are close to the CPU's fp32 ones after three steps with the group's own
/// activation and optimiser, without dropout: mean loss and, by 2-norm, weights within 1e-3 in fp32, 1e-2 in
/// tf32, 3e-2 in bf16; in fp32 the last gradient, too.
bool losses_and_weights_agree(Lane& lane, const Dataset& dataset, const GroupSpec& group);

}  // namespace gpu_sweep::test
