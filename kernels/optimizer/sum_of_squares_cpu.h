// The sum of the squares of a vector of parameters on the CPU.
#pragma once

#include <cstdint>

namespace gpu_sweep::cpu {

/// Sums in double: element i belongs to partial sum i mod 32, and the partial sums are added in order.
/// `count` is a multiple of 32.
double sum_of_squares(const float* values, std::int64_t count);

}  // namespace gpu_sweep::cpu
