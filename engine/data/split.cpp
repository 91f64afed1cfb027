#include "engine/data/split.h"

#include <bit>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

namespace gpu_sweep {
namespace {

/// Draws uniformly from 0..most, most >= 1: masked draws are repeated until one is in range.
std::uint32_t draw_up_to(std::uint32_t most, std::mt19937& generator) {
  const std::uint32_t mask = 0xffffffffu >> std::countl_zero(most);
  for (;;) {
    const std::uint32_t value = static_cast<std::uint32_t>(generator()) & mask;
    if (value <= most) return value;
  }
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

TrainValidationSplit train_validation_split(int rows) {
  if (rows < 2) throw std::invalid_argument("a split of fewer than two rows");
  const std::vector<std::int32_t> order = numpy_permutation(rows, 0);
  const auto border = order.begin() + rows / 6 + (rows % 6 != 0 ? 1 : 0);
  return {.train = {border, order.end()}, .validation = {order.begin(), border}};
}

}  // namespace gpu_sweep
