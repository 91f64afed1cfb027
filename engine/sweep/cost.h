// How much arithmetic training takes (docs/what_is_computed.md): multiply-adds count 2, padding and
// element-wise work nothing.
#pragma once

#include <array>
#include <cstdint>

#include "engine/data/dataset.h"
#include "engine/model/mlp_spec.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Rows of every set, by Set.
using SetRows = std::array<std::int64_t, 3>;
SetRows set_rows(const Dataset& dataset);

/// One epoch of training over `rows` samples: forward, dW of every layer, dX of all but the first.
double training_flops(const MlpSpec& shape, std::int64_t rows);

/// One pass over `rows` samples without gradients.
double evaluation_flops(const MlpSpec& shape, std::int64_t rows);

/// An epoch with the validation after it.
double epoch_flops(const MlpSpec& shape, const SetRows& rows);

/// A whole run: point 0 of its history, all epochs, and the final figures of the three sets.
double run_flops(const MlpSpec& shape, const SetRows& rows, int epochs);

/// All replicas of a group, idle ones as well.
double group_flops(const GroupSpec& group, const SetRows& rows);

}  // namespace gpu_sweep
