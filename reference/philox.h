// Philox4x32-10, implemented from its paper (Salmon, Moraes, Dror, Shaw 2011, section 3.3) and independently
// of Random123, and the numbers that this project draws with it.
#pragma once

#include <array>
#include <cstdint>

namespace gpu_sweep::reference {

using PhiloxWords = std::array<std::uint32_t, 4>;

inline PhiloxWords philox(PhiloxWords counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t left = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t right = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {
        static_cast<std::uint32_t>(right >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(right),
        static_cast<std::uint32_t>(left >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(left)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

inline constexpr std::uint32_t kInitialize = 1, kShuffle = 2, kDropout = 3;

/// Returns the words of elements 4 `block` to 4 `block` + 3: the block with the counter (purpose, layer,
/// step, block) and the run's seed as its key.
inline PhiloxWords random_words(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer,
                                std::uint32_t step, std::uint32_t block) {
  return philox({purpose, layer, step, block},
                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

/// Returns the word of element e: word e mod 4 of block e / 4.
inline std::uint32_t random_word(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer,
                                 std::uint32_t step, std::uint32_t element) {
  return random_words(seed, purpose, layer, step, element / 4)[element % 4];
}

/// Returns a uniform number in [0, 1): the top 24 bits as a binary fraction.
inline double random_uniform(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer,
                             std::uint32_t step, std::uint32_t element) {
  return (random_word(seed, purpose, layer, step, element) >> 8) / 16777216.0;
}

/// Returns whether dropout at `rate` keeps element e = row * width + column of a hidden layer's output.
inline bool dropout_keeps(std::uint64_t seed, int layer, std::uint32_t step, int element, double rate) {
  return random_uniform(seed, kDropout, static_cast<std::uint32_t>(layer), step,
                        static_cast<std::uint32_t>(element)) >= rate;
}

}  // namespace gpu_sweep::reference
