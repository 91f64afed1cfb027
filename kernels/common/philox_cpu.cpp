#include "kernels/common/philox_cpu.h"

#include <algorithm>

#include "kernels/common/avx512.h"
#include "kernels/common/cpu_clones.h"

namespace gpu_sweep::cpu {
namespace {

/// Counters computed side by side: few enough for the L1 cache, too many for the compiler to unroll.
constexpr int kLanes = 64;

/// Computes Philox4x32-10 (Salmon et al. 2011) for kLanes consecutive quads (groups of four elements,
/// philox.h). Each round loops over all counters, so that the compiler can vectorize it. Random123 instead
/// finishes one counter before the next. A test compares the two.
GPU_SWEEP_CPU_CLONES void philox_lanes(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer,
                                       std::uint32_t step, std::uint32_t first_quad,
                                       std::uint32_t* __restrict__ words) {
  std::uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    c0[i] = purpose;
    c1[i] = layer;
    c2[i] = step;
    c3[i] = first_quad + static_cast<std::uint32_t>(i);
  }
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < kLanes; ++i) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0[i];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c2[i];
      c0[i] = static_cast<std::uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = static_cast<std::uint32_t>(p1);
      c2[i] = static_cast<std::uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = static_cast<std::uint32_t>(p0);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int i = 0; i < kLanes; ++i) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

#ifdef __x86_64__
GPU_SWEEP_AVX512 inline __m512i upper(__m512i halves) {
  return reinterpret_cast<__m512i>(reinterpret_cast<__v8du>(halves) >> 32);
}

GPU_SWEEP_AVX512 inline __m512i to_upper(__m512i halves) {
  return reinterpret_cast<__m512i>(reinterpret_cast<__v8du>(halves) << 32);
}

/// Computes the same words as philox_lanes. A register holds one word of eight counters. Each 32-bit word
/// takes a 64-bit element, whose upper half may hold anything. The 64-bit products of these words are then
/// already in place and need no rearrangement.
GPU_SWEEP_AVX512 void philox_lanes_avx512(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer,
                                          std::uint32_t step, std::uint32_t first_quad,
                                          std::uint32_t* __restrict__ words) {
  constexpr int kQuads = 8;
  constexpr int kTogether = 4;  // registers per word of the counters, to hide the products' latency
  const __m512i factor0 = _mm512_set1_epi64(0xD2511F53u), factor1 = _mm512_set1_epi64(0xCD9E8D57u);
  const __m512i first_half = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i second_half = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  constexpr int kXorOfThree = 0x96;
  constexpr __mmask8 kAll = 0xff;
  for (int done = 0; done < kLanes; done += kTogether * kQuads) {
    __m512i c0[kTogether], c1[kTogether], c2[kTogether], c3[kTogether];
    for (int i = 0; i < kTogether; ++i) {
      const auto quad = static_cast<std::int64_t>(first_quad) + done + i * kQuads;
      c0[i] = _mm512_set1_epi64(purpose);
      c1[i] = _mm512_set1_epi64(layer);
      c2[i] = _mm512_set1_epi64(step);
      c3[i] = _mm512_add_epi64(_mm512_set1_epi64(quad), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
    }
    auto k0 = static_cast<std::uint32_t>(seed);
    auto k1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const __m512i key0 = _mm512_set1_epi64(k0), key1 = _mm512_set1_epi64(k1);
      for (int i = 0; i < kTogether; ++i) {
        const __m512i p0 = _mm512_maskz_mul_epu32(kAll, factor0, c0[i]),
                      p1 = _mm512_maskz_mul_epu32(kAll, factor1, c2[i]);
        c0[i] = _mm512_ternarylogic_epi64(upper(p1), c1[i], key0, kXorOfThree);
        c1[i] = p1;
        c2[i] = _mm512_ternarylogic_epi64(upper(p0), c3[i], key1, kXorOfThree);
        c3[i] = p0;
      }
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    for (int i = 0; i < kTogether; ++i) {
      constexpr __mmask16 kUpperHalves = 0xAAAA;
      const __m512i c01 = _mm512_mask_blend_epi32(kUpperHalves, c0[i], to_upper(c1[i]));
      const __m512i c23 = _mm512_mask_blend_epi32(kUpperHalves, c2[i], to_upper(c3[i]));
      std::uint32_t* to = words + 4 * (done + i * kQuads);
      _mm512_storeu_si512(to, _mm512_permutex2var_epi64(c01, first_half, c23));
      _mm512_storeu_si512(to + 16, _mm512_permutex2var_epi64(c01, second_half, c23));
    }
  }
}
#endif

/// Fills 4 * kLanes words, using AVX-512 if the processor supports it.
void philox_tile(std::uint64_t seed, Purpose purpose, std::uint32_t layer, std::uint32_t step,
                 std::uint32_t first_quad, std::uint32_t* words) {
#ifdef __x86_64__
  if (has_avx512()) {
    philox_lanes_avx512(seed, static_cast<std::uint32_t>(purpose), layer, step, first_quad, words);
    return;
  }
#endif
  philox_lanes(seed, static_cast<std::uint32_t>(purpose), layer, step, first_quad, words);
}

}  // namespace

void philox_words(std::uint64_t seed, Purpose purpose, std::uint32_t layer, std::uint32_t step,
                  std::uint32_t first, int count, std::uint32_t* words) {
  const std::uint32_t skip = first % 4;
  std::uint32_t quad = first / 4;
  const bool whole = skip == 0 && count % (4 * kLanes) == 0;
  std::uint32_t tile[4 * kLanes];
  for (int done = 0; done < count; quad += kLanes) {
    if (whole) {
      philox_tile(seed, purpose, layer, step, quad, words + done);
      done += 4 * kLanes;
      continue;
    }
    philox_tile(seed, purpose, layer, step, quad, tile);
    const int from = done == 0 ? static_cast<int>(skip) : 0;
    const int taken = std::min(4 * kLanes - from, count - done);
    std::copy_n(tile + from, taken, words + done);
    done += taken;
  }
}

}  // namespace gpu_sweep::cpu
