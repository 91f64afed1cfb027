// The distribution of a sum over random halves of a pool of whole numbers.
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns the two-sided p of the sum S of the first half of `counts` [2n], which are whole numbers >= 0: the
/// share of the subsets of n values whose sum is at least as far from the mean of all such sums as S is. The
/// p is exact, and computed by convolution over (size, sum) (Pagano and Tritchler 1983) in
/// O(n^3 max(counts)) steps. Requires n <= 500.
double halves_p(std::span<const int> counts);

}  // namespace gpu_sweep
