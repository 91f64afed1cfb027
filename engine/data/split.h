// Selects the rows that are held out for validation, test or judging. The defaults of HoldOut are those of
// the published study that the project repeats (docs/what_is_computed.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/data_settings.h"

namespace gpu_sweep {

/// Returns a permutation of 0..n-1, n >= 1, exactly as numpy.random.RandomState(seed).permutation(n) does
/// (docs/what_is_computed.md).
std::vector<std::int32_t> numpy_permutation(int n, std::uint32_t seed);

/// The rows of one file, divided into two parts: the rows that are kept and the rows that are held out.
struct HeldOut {
  std::vector<std::int32_t> kept;
  std::vector<std::int32_t> held_out;
};

/// Returns how many of `rows` rows are held out: ceil(fraction * rows). Throws Error(kData) if one of the
/// parts would have no rows. For the message, `name` is the file, and `split` is the key that states the
/// fraction: "validation", "test" or "judge".
std::size_t rows_held_out(std::size_t rows, const HoldOut& held_out, const std::string& name,
                          const std::string& split);

/// Divides rows into `wanted` held-out rows and the rest. `labels` are the labels of the rows.
/// Without stratification, the held-out rows are the first of numpy_permutation(rows, seed), as in
/// scikit-learn's train_test_split. With stratification, they are the first rows of each class in the
/// permutation until the class has its share. The shares with the largest remainders are rounded up, and
/// among equal remainders the lower class comes first.
/// Both parts are in the order of the permutation.
HeldOut divide(std::span<const std::uint8_t> labels, std::size_t wanted, std::uint32_t seed, bool stratified);

/// Divides the rows with these labels. The number of held-out rows is rows_held_out().
HeldOut hold_out(std::span<const std::uint8_t> labels, const HoldOut& rows, const std::string& name,
                 const std::string& split);

}  // namespace gpu_sweep
