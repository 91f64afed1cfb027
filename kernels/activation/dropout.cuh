// The dropout mask of neighboring elements. The forward and the backward pass draw the same mask.
#pragma once

#include "kernels/activation/dropout_math.h"
#include "kernels/common/pack.cuh"
#include "kernels/common/philox.h"

namespace gpu_sweep::cuda {

/// The values that determine the dropout mask of one layer of one replica in one step.
struct Dropout {
  float rate = 0;  ///< 0: no element is dropped, and no random word is drawn
  std::uint64_t seed = 0;
  std::uint32_t layer = 0;
  std::uint32_t step = 0;
};

constexpr int kPhiloxWords = 4;  ///< elements that one Philox block serves

/// Returns whether a matrix with rows of `width` elements at a pitch of `leading` can be divided into packs
/// of kWidth that each start at the first word of a Philox block. The pads of a row (the columns from `width`
/// on) also start at a block, so a pack may contain some blocks of elements and some blocks of pads.
template <int kWidth>
bool whole_packs(int width, int leading) {
  return width % kPhiloxWords == 0 && leading % kWidth == 0;
}

/// Returns whether element k of the pack at column `o` < width is a pad. Always false if a pack is not longer
/// than a Philox block, because the pads start at a block.
__device__ inline bool is_pad(int o, int k, int width) {
  return o + k / kPhiloxWords * kPhiloxWords >= width;
}

/// Returns, for kWidth elements starting at `element`, whether each of them is kept. kWidth is 1 or a
/// multiple of 4, the number of words in a Philox block. If it is a multiple of 4, `element` must be one,
/// too.
template <int kWidth>
__device__ inline Pack<bool, kWidth> keep(const Dropout& dropout, std::uint32_t element) {
  Pack<bool, kWidth> kept;
  for (int k = 0; k < kWidth; ++k) kept.at[k] = true;
  if (!(dropout.rate > 0)) return kept;
  const std::uint32_t threshold = dropout_threshold(dropout.rate);
  if constexpr (kWidth == 1) {
    const std::uint32_t word =
        philox_word(dropout.seed, Purpose::kDropout, dropout.layer, dropout.step, element);
    kept.at[0] = dropout_keeps(word, threshold);
  } else {
    for (int k = 0; k < kWidth; k += 4) {
      const PhiloxBlock random =
          philox_block(dropout.seed, Purpose::kDropout, dropout.layer, dropout.step, element / 4 + k / 4);
      for (int j = 0; j < 4; ++j) kept.at[k + j] = dropout_keeps(random.word[j], threshold);
    }
  }
  return kept;
}

}  // namespace gpu_sweep::cuda
