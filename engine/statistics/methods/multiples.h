// Whether values are whole multiples of a unit.
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns whether `values` [n] may be replaced by the nearest multiples of `unit` > 0. This is the case
/// under two conditions. Every value must lie within a thousandth of a unit of its multiple and be smaller
/// than 1e12 units. Two values, or a value and 0, that are more than a millionth of a unit apart must not
/// have the same multiple.
bool are_multiples(std::span<const double> values, double unit);

}  // namespace gpu_sweep
