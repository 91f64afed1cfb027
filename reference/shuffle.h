// Oracle of the order of rows in an epoch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "reference/philox.h"

namespace gpu_sweep::reference {

/// Returns the indices 0..rows-1 sorted by (random word of the index in this epoch, index).
inline std::vector<std::uint32_t> shuffled_order(std::uint64_t seed, std::uint32_t epoch, int rows) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> keys;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(rows); ++i) {
    keys.emplace_back(random_word(seed, kShuffle, 0, epoch, i), i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::uint32_t> order;
  for (const auto& [word, index] : keys) order.push_back(index);
  return order;
}

}  // namespace gpu_sweep::reference
