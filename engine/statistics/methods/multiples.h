// Whether values are whole multiples of a unit.
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns whether every value [n] is a multiple of `unit` > 0 within a thousandth of it, and fewer than 1e12
/// of it, so that rounding to multiples makes no difference: values, also a value and 0, that are further
/// apart than a millionth of it are different multiples.
bool are_multiples(std::span<const double> values, double unit);

}  // namespace gpu_sweep
