// Is one model's spread over seeds smaller than another's?
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns the two-sided p of equal variances of paired samples [n], n >= 3 (Pitman 1939, Morgan 1939): the
/// correlation of a + b with a - b is zero if and only if the variances are equal. Returns 1 if either is
/// constant.
double pitman_morgan_p(std::span<const double> a, std::span<const double> b);

}  // namespace gpu_sweep
