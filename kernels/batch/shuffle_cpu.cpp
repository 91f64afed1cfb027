#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "kernels/batch/shuffle.h"
#include "kernels/common/philox_cpu.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

/// Number of key bits that one pass of the radix sort orders by.
constexpr int kDigitBits = 11;

/// Performs one stable pass of the radix sort. It orders by kDigitBits bits of the key, starting at bit
/// `shift`.
void sort_by_digit(const std::uint64_t* from, int count, int shift, std::uint64_t* to) {
  constexpr std::uint64_t kMask = (1u << kDigitBits) - 1;
  std::array<std::uint32_t, kMask + 1> next = {};
  for (int i = 0; i < count; ++i) ++next[from[i] >> shift & kMask];
  std::uint32_t start = 0;
  for (std::uint32_t& slot : next) start += std::exchange(slot, start);
  for (int i = 0; i < count; ++i) to[next[from[i] >> shift & kMask]++] = from[i];
}

/// keys[i] = random word of row i (upper half) | i (lower half), for i < rows.
void draw_keys(std::uint64_t seed, std::uint32_t epoch, int rows, std::uint64_t* keys) {
  std::uint32_t words[kPhiloxTile];
  for (int first = 0; first < rows; first += kPhiloxTile) {
    const int count = std::min(kPhiloxTile, rows - first);
    philox_words(seed, Purpose::kShuffle, 0, epoch, static_cast<std::uint32_t>(first), count, words);
    for (int i = 0; i < count; ++i) {
      keys[first + i] = std::uint64_t{words[i]} << 32 | static_cast<std::uint32_t>(first + i);
    }
  }
}

}  // namespace

std::uint64_t shuffle_scratch_bytes(int /*replicas*/, int rows) {
  return 2 * sizeof(std::uint64_t) * static_cast<std::uint64_t>(rows);
}

void execute(const Shuffle& op, const Memory& memory) {
  if (const std::uint64_t needed = shuffle_scratch_bytes(op.replicas, op.rows); op.scratch_bytes < needed) {
    throw std::invalid_argument("shuffle: found " + std::to_string(op.scratch_bytes) +
                                " bytes of scratch, expected " + std::to_string(needed));
  }
  const std::uint32_t epoch = read<StepState>(memory, op.state, 0)->epoch;
  for (int r = 0; r < op.replicas; ++r) {
    auto* keys = write<std::uint64_t>(memory, op.scratch, 0);
    auto* sorted = keys + op.rows;
    draw_keys(read<ReplicaState>(memory, op.replica_state, r)->order_seed, epoch, op.rows, keys);
    // The rows start in ascending order and every pass is stable, so rows with equal words stay in ascending
    // order.
    for (int shift = 32; shift < 64; shift += kDigitBits) {
      sort_by_digit(keys, op.rows, shift, sorted);
      std::swap(keys, sorted);
    }
    auto* order = write<std::uint32_t>(memory, op.order, r);
    for (int i = 0; i < op.rows; ++i) order[i] = static_cast<std::uint32_t>(keys[i]);
  }
}

}  // namespace gpu_sweep::cpu
