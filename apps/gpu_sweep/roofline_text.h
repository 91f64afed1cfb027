// What gpu_sweep plan --roofline prints.
#pragma once

#include <string>

#include "apps/gpu_sweep/setup.h"
#include "engine/sweep/experiment.h"

namespace gpu_sweep {

/// The computed floor of `experiment` on the card named `card`, an operation a line. The card need not be in
/// this machine: groups and precision (tf32 unless asked otherwise) are those of a GPU. Throws Error(kUsage)
/// for an unknown card.
std::string roofline_text(const Experiment& experiment, const Dataset& dataset, const SetupFlags& flags,
                          const std::string& card);

}  // namespace gpu_sweep
