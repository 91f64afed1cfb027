// What gpu_sweep plan --roofline prints.
#pragma once

#include <string>

#include "apps/gpu_sweep/setup.h"
#include "engine/sweep/experiment.h"
#include "engine/sweep/roofline.h"

namespace gpu_sweep {

/// The card that --roofline names. Throws Error(kUsage) where none has the name.
Card card_of_flag(const std::string& name);

/// The computed floor of `experiment` on `card`, an operation a line. The card need not be in this machine:
/// groups and precision (tf32 unless asked otherwise) are those of a GPU.
/// `unfused` puts a composition of single-purpose calls beside the program's fused operations.
std::string roofline_text(const Experiment& experiment, const Dataset& dataset, const SetupFlags& flags,
                          const Card& card, bool unfused);

}  // namespace gpu_sweep
