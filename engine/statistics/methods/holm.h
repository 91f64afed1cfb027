// Holm's correction of the p-values of one family of tests.
#pragma once

#include <span>
#include <vector>

namespace gpu_sweep {

/// Returns Holm's adjusted p-values (Holm 1979) in the given order: with p(1) <= ... <= p(m),
/// adjusted(i) = max over j <= i of min(1, (m - j + 1) p(j)).
std::vector<double> holm_adjusted(std::span<const double> p);

}  // namespace gpu_sweep
