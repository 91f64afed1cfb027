// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011) from Random123. The generator has no state
// that would have to be saved or shared: the same key and counter give the same number at any time, on every
// device.
#pragma once

#include <Random123/philox.h>

#include <cstdint>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// What a random number is used for. The purpose is the first word of the counter, so no two purposes draw
/// from the same block.
enum class Purpose : std::uint32_t { kInitialize = 1, kShuffle = 2, kDropout = 3, kResample = 4 };

struct PhiloxBlock {
  std::uint32_t word[4];
};

/// Returns the words of the four elements 4 * quad .. 4 * quad + 3.
GPU_SWEEP_HOST_DEVICE PhiloxBlock philox_block(std::uint64_t seed, Purpose purpose, std::uint32_t layer,
                                               std::uint32_t step, std::uint32_t quad) {
  r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  r123::Philox4x32::ctr_type counter = {{static_cast<std::uint32_t>(purpose), layer, step, quad}};
  r123::Philox4x32 generate;
  const r123::Philox4x32::ctr_type words = generate(counter, key);
  return {{words[0], words[1], words[2], words[3]}};
}

/// Returns the word of one element. The elements of a matrix are counted row by row over the unpadded width.
GPU_SWEEP_HOST_DEVICE std::uint32_t philox_word(std::uint64_t seed, Purpose purpose, std::uint32_t layer,
                                                std::uint32_t step, std::uint32_t element) {
  // The word is selected without a variable index. g++ 12 miscompiles such an index under
  // -fsanitize=alignment, and nvcc would go through local memory.
  const PhiloxBlock block = philox_block(seed, purpose, layer, step, element / 4);
  const std::uint32_t low = element & 1u ? block.word[1] : block.word[0];
  const std::uint32_t high = element & 1u ? block.word[3] : block.word[2];
  return element & 2u ? high : low;
}

/// Returns a uniform number in [0, 1): the top 24 bits of the word times 2^-24. The conversion is exact.
GPU_SWEEP_HOST_DEVICE float uniform(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

}  // namespace gpu_sweep
