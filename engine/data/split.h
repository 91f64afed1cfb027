// Selects the rows that are held out for validation or test, by default as in the reference study.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/data_settings.h"

namespace gpu_sweep {

/// Returns a permutation of 0..n-1, n >= 1, exactly as numpy.random.RandomState(seed).permutation(n) draws it
/// (docs/what_is_computed.md).
std::vector<std::int32_t> numpy_permutation(int n, std::uint32_t seed);

/// The rows of one file, divided into two parts.
struct HeldOut {
  std::vector<std::int32_t> kept;
  std::vector<std::int32_t> held_out;
};

/// Returns how many of `rows` rows are held out: ceil(fraction * rows). Throws Error(kData) unless each part
/// has at least one row; `name` is the file, and `split` the key that states the fraction: "validation" or
/// "test".
std::size_t rows_held_out(std::size_t rows, const HoldOut& held_out, const std::string& name,
                          const std::string& split);

/// Divides the rows with these labels. `wanted` of them are held out: the first of numpy_permutation(rows,
/// seed), as scikit-learn's train_test_split does it, or, if stratified, the first rows of each class until
/// it has its share (shares with the largest remainders are rounded up, and among equal remainders that of
/// the lower class). Both parts are in the permutation's order.
HeldOut divide(std::span<const std::uint8_t> labels, std::size_t wanted, std::uint32_t seed, bool stratified);

/// Divides the rows with these labels, of which rows_held_out are held out.
HeldOut hold_out(std::span<const std::uint8_t> labels, const HoldOut& rows, const std::string& name,
                 const std::string& split);

}  // namespace gpu_sweep
