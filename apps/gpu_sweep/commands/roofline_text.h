// The output of gpu_sweep plan --roofline.
#pragma once

#include <string>

#include "apps/gpu_sweep/training/setup.h"
#include "engine/sweep/roofline.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

/// Returns the card that --roofline names. Throws Error(kUsage) if there is none of that name.
Card card_of_flag(const std::string& name);

/// Returns the computed lower bound on the time of `experiment` on `card`, one operation per line. The card
/// need not be in this machine; groups and precision are chosen as for a GPU (tf32 unless asked otherwise).
/// `unfused` adds, for comparison, the same work done by single-purpose calls instead of fused operations.
std::string roofline_text(const Experiment& experiment, const Dataset& dataset, const SetupFlags& flags,
                          const Card& card, bool unfused);

}  // namespace gpu_sweep
