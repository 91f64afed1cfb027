#include "engine/data/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// Draws uniformly from 0..most, most >= 1. A draw is masked to the bits of `most`, and repeated if it is out
/// of range.
std::uint32_t draw_up_to(std::uint32_t most, std::mt19937& generator) {
  const std::uint32_t mask = 0xffffffffu >> std::countl_zero(most);
  for (;;) {
    const std::uint32_t value = static_cast<std::uint32_t>(generator()) & mask;
    if (value <= most) return value;
  }
}

/// Returns how many rows of each class are held out. The numbers add up to `wanted`.
std::vector<std::size_t> shares_of(const std::vector<std::size_t>& rows_of_class, std::size_t rows,
                                   std::size_t wanted) {
  std::vector<std::size_t> shares, by_remainder;
  std::size_t given = 0;
  for (std::size_t k = 0; k < rows_of_class.size(); ++k) {
    shares.push_back(rows_of_class[k] * wanted / rows);
    given += shares.back();
    by_remainder.push_back(k);
  }
  std::ranges::stable_sort(by_remainder, std::greater<>(),
                           [&](std::size_t k) { return rows_of_class[k] * wanted % rows; });
  for (std::size_t i = 0; given < wanted; ++i, ++given) ++shares[by_remainder[i]];
  return shares;
}

/// Returns ceil(fraction * rows). The default fraction of one sixth is computed exactly. Other products are
/// made slightly smaller first: floating-point error may have made them too large (0.07 * 100 > 7), and one
/// row too many would be held out.
std::size_t held_out_rows(std::size_t rows, double fraction) {
  if (fraction == HoldOut{}.fraction) return (rows + 5) / 6;
  return static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(rows) * (1 - 1e-12)));
}

}  // namespace

std::vector<std::int32_t> numpy_permutation(int n, std::uint32_t seed) {
  if (n < 1) throw std::invalid_argument("a permutation of no elements");
  std::mt19937 generator(seed);
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::uint32_t i = static_cast<std::uint32_t>(n) - 1; i >= 1; --i) {
    std::swap(order[i], order[draw_up_to(i, generator)]);
  }
  return order;
}

std::size_t rows_held_out(std::size_t rows, const HoldOut& held_out, const std::string& name,
                          const std::string& split) {
  const std::size_t wanted = held_out_rows(rows, held_out.fraction);
  if (wanted == 0 || wanted >= rows) {
    refuse_data(name, fmt::format("{1} of {2} rows held out for {0}, expected at least one row in each part "
                                  "({0}.fraction is {3:.6g})",
                                  split, wanted, rows, held_out.fraction));
  }
  return wanted;
}

HeldOut divide(std::span<const std::uint8_t> labels, std::size_t wanted, std::uint32_t seed,
               bool stratified) {
  std::vector<std::size_t> shares;
  if (stratified) {
    std::vector<std::size_t> rows_of_class(256);
    for (const std::uint8_t label : labels) ++rows_of_class[label];
    shares = shares_of(rows_of_class, labels.size(), wanted);
  }
  HeldOut parts;
  for (const std::int32_t row : numpy_permutation(static_cast<int>(labels.size()), seed)) {
    bool held_out = parts.held_out.size() < wanted;
    if (stratified) {
      std::size_t& left = shares[labels[static_cast<std::size_t>(row)]];
      held_out = left > 0;
      if (held_out) --left;
    }
    (held_out ? parts.held_out : parts.kept).push_back(row);
  }
  return parts;
}

HeldOut hold_out(std::span<const std::uint8_t> labels, const HoldOut& rows, const std::string& name,
                 const std::string& split) {
  return divide(labels, rows_held_out(labels.size(), rows, name, split), rows.seed, rows.stratified);
}

}  // namespace gpu_sweep
