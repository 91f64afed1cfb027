// The contents of a group's arena, its block of device memory, before its first step.
#pragma once

#include <span>

#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/weights.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {

/// Returns the scalars of one run before its first step. Adam's beta powers are those of t = 1. `layout`
/// gives the steps per epoch, which a schedule of the learning rate depends on.
ReplicaState initial_replica_state(const RunSpec& run, const GroupLayout& layout);

/// Uploads one replica's padded parameters [P], and their bf16 copies for bf16 products.
void upload_parameters(Lane& lane, const Buffer& arena, const GroupLayout& layout, int replica,
                       std::span<const float> weights);

/// Uploads the scalars and the weights of every replica. If each run has its own split, also uploads the
/// numbers of its rows in the pool that the splits are drawn from; if the loss is weighted, also the class
/// weights. Everything else in the arena must be zero and is left unchanged. `initial`, if not empty, holds
/// the weights of each run; otherwise the weights are drawn from RunSpec::init_seed. Idle replicas repeat the
/// first run.
void upload_initial_state(Lane& lane, const Buffer& arena, const GroupLayout& layout, const GroupSpec& group,
                          std::span<const Weights> initial);

}  // namespace gpu_sweep
