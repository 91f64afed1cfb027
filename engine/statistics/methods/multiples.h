// Whether values are whole multiples of a unit.
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns whether `values` [n] may be replaced by the nearest multiples of `unit` > 0: every value is within
/// a thousandth of a unit of its multiple and below 1e12 units, and no two values more than a millionth of a
/// unit apart, 0 included, have the same multiple.
bool are_multiples(std::span<const double> values, double unit);

}  // namespace gpu_sweep
