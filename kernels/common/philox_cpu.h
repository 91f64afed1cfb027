// Many Philox words at once, for loops over a row of elements.
#pragma once

#include <cstdint>

#include "kernels/common/philox.h"

namespace gpu_sweep::cpu {

/// Largest number of words that one call draws.
constexpr int kPhiloxTile = 1024;

/// words[i] = philox_word(seed, purpose, layer, step, first + i) for i < count <= kPhiloxTile.
void philox_words(std::uint64_t seed, Purpose purpose, std::uint32_t layer, std::uint32_t step,
                  std::uint32_t first, int count, std::uint32_t* words);

}  // namespace gpu_sweep::cpu
