// Selects a few of many numbers, evenly spread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gpu_sweep {

/// Returns at most `most` of the numbers 0..count-1, in ascending order and including the first and the last.
/// A `most` below 2 counts as 2.
inline std::vector<int> spread(int count, int most) {
  const int chosen = std::min(count, std::max(most, 2));
  std::vector<int> numbers;
  for (int i = 0; i < chosen; ++i) {
    numbers.push_back(chosen == 1 ? 0 : static_cast<int>(std::int64_t{i} * (count - 1) / (chosen - 1)));
  }
  return numbers;
}

}  // namespace gpu_sweep
