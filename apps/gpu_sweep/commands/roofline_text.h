// The output of gpu_sweep plan --roofline.
#pragma once

#include <string>

#include "apps/gpu_sweep/training/setup.h"
#include "engine/sweep/roofline.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

/// Returns the card that --roofline names. Throws Error(kUsage) if no card has this name.
Card card_of_flag(const std::string& name);

/// Returns the lower bound on the time of `experiment` on `card`, with one line per operation. The bound is
/// computed, so the card need not be in this machine. Groups are formed as for a GPU, and the precision is
/// tf32 unless another one was asked for. `unfused` adds a comparison with a library that does
/// the same work without fused operations.
std::string roofline_text(const Experiment& experiment, const Dataset& dataset, const SetupFlags& flags,
                          const Card& card, bool unfused);

}  // namespace gpu_sweep
