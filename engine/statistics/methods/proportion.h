// The interval of a share.
#pragma once

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// Returns the 95 % interval of a share of `successes` in `trials` > 0 (Wilson 1927, no continuity
/// correction). `successes` need not be an integer, since a tie may count half.
Interval wilson_interval(double successes, double trials);

}  // namespace gpu_sweep
