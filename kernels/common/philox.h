// Random numbers by counter: Philox4x32-10 (Salmon et al. 2011) from Random123. There is no state to save or
// to share: the same number comes out wherever and whenever it is asked for, on every device.
#pragma once

#include <Random123/philox.h>

#include <cstdint>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// What a random number is for: the first word of the counter, so that no two uses ever share a number.
enum class Purpose : std::uint32_t { kInitialise = 1, kShuffle = 2, kDropout = 3, kResample = 4 };

struct PhiloxBlock {
  std::uint32_t word[4];
};

/// The four words of elements 4 * quad .. 4 * quad + 3.
GPU_SWEEP_HOST_DEVICE PhiloxBlock philox_block(std::uint64_t seed, Purpose purpose, std::uint32_t layer,
                                               std::uint32_t step, std::uint32_t quad) {
  r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  r123::Philox4x32::ctr_type counter = {{static_cast<std::uint32_t>(purpose), layer, step, quad}};
  r123::Philox4x32 generate;
  const r123::Philox4x32::ctr_type words = generate(counter, key);
  return {{words[0], words[1], words[2], words[3]}};
}

/// The word of one element. Elements of a matrix count row by row over the unpadded width.
GPU_SWEEP_HOST_DEVICE std::uint32_t philox_word(std::uint64_t seed, Purpose purpose, std::uint32_t layer,
                                                std::uint32_t step, std::uint32_t element) {
  // No index that varies: g++ 12 breaks it under -fsanitize=alignment, and nvcc would go through local
  // memory.
  const PhiloxBlock block = philox_block(seed, purpose, layer, step, element / 4);
  const std::uint32_t low = element & 1u ? block.word[1] : block.word[0];
  const std::uint32_t high = element & 1u ? block.word[3] : block.word[2];
  return element & 2u ? high : low;
}

/// Uniform in [0, 1) on the grid of multiples of 2^-24: the top 24 bits. Exact.
GPU_SWEEP_HOST_DEVICE float uniform(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

}  // namespace gpu_sweep
