#include <bit>
#include <cmath>

#include "kernels/common/avx512.h"
#include "kernels/optimizer/adam_avx512.h"

namespace gpu_sweep::cpu {

#ifdef __x86_64__
namespace {

constexpr int kVector = 16;

/// The square root for values from 2^-100 to 2^101, by fused multiply-adds. The processor's own
/// instruction would occupy the divider for twelve cycles, and the division in Adam's rule needs the
/// divider, too. Newton's steps start from an estimate of 14 bits; the last step rounds
/// s + (a - s s) / (2 s) (Markstein 1990).
GPU_SWEEP_AVX512 inline __m512 square_root(__m512 a) {
  constexpr __mmask16 kAll = 0xffff;
  const __m512 half = _mm512_set1_ps(0.5f);
  const __m512 estimate = _mm512_maskz_rsqrt14_ps(kAll, a);
  __m512 s = a * estimate, h = estimate * half;  // tend to sqrt(a) and 1 / (2 sqrt(a))
  const __m512 error = _mm512_fnmadd_ps(s, h, half);
  s = _mm512_fmadd_ps(s, error, s);
  h = _mm512_fmadd_ps(h, error, h);
  return _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, a), h, s);
}

/// Compares square_root with the processor's instruction for every significand with an even and with an
/// odd exponent: 2^24 values, in ten milliseconds. Other exponents need no comparison, because they only
/// scale every step by a power of two. Each machine must compare, because the bits of the estimate differ
/// between processors of different makers.
GPU_SWEEP_AVX512 bool square_root_is_exact() {
  constexpr __mmask16 kAll = 0xffff;
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __mmask16 different = 0;
  for (auto bits = std::bit_cast<std::int32_t>(1.0f); bits < std::bit_cast<std::int32_t>(4.0f);
       bits += kVector) {
    const auto a = _mm512_castsi512_ps(_mm512_add_epi32(_mm512_set1_epi32(bits), lanes));
    different |= _mm512_cmp_ps_mask(square_root(a), _mm512_maskz_sqrt_ps(kAll, a), _CMP_NEQ_UQ);
  }
  return different == 0;
}

/// Returns which values lie outside the range of square_root: those that are smaller (0 as well) or
/// larger, negative ones, and NaN.
GPU_SWEEP_AVX512 inline __mmask16 out_of_range(__m512 a) {
  constexpr auto kFirst = std::bit_cast<std::int32_t>(0x1p-100f),
                 kLast = std::bit_cast<std::int32_t>(0x1p101f);
  const __m512i above = _mm512_sub_epi32(_mm512_castps_si512(a), _mm512_set1_epi32(kFirst));
  return _mm512_cmpgt_epu32_mask(above, _mm512_set1_epi32(kLast - kFirst));
}

struct AdamVectors {
  __m512 step_size, one_less_beta1, one_less_beta2, epsilon;
};

/// Updates 16 parameters and returns their new weights.
GPU_SWEEP_AVX512 inline __m512 update_vector(const AdamVectors& adam, const float* gradient, float* weights,
                                             float* first, float* second) {
  const __m512 g = _mm512_loadu_ps(gradient);
  __m512 m = _mm512_loadu_ps(first), v = _mm512_loadu_ps(second);
  m += (g - m) * adam.one_less_beta1;
  v += (g * g - v) * adam.one_less_beta2;
  __m512 root = square_root(v);
  if (const __mmask16 others = out_of_range(v); __builtin_expect(others != 0, 0)) {
    root = _mm512_mask_sqrt_ps(root, others, v);
  }
  const __m512 w = _mm512_loadu_ps(weights) - adam.step_size * m / (root + adam.epsilon);
  _mm512_storeu_ps(weights, w);
  _mm512_storeu_ps(first, m);
  _mm512_storeu_ps(second, v);
  return w;
}

GPU_SWEEP_AVX512 AdamVectors broadcast(const AdamScalars& scalars) {
  return {_mm512_set1_ps(scalars.step_size), _mm512_set1_ps(scalars.one_less_beta1),
          _mm512_set1_ps(scalars.one_less_beta2), _mm512_set1_ps(scalars.epsilon)};
}

GPU_SWEEP_AVX512 void update_whole_vectors(const AdamScalars& scalars, const float* gradient,
                                           std::int64_t count, float* weights, float* first, float* second) {
  const AdamVectors adam = broadcast(scalars);
  for (std::int64_t i = 0; i < count; i += kVector) {
    update_vector(adam, gradient + i, weights + i, first + i, second + i);
  }
}

/// Updates parameters and writes a bf16 copy of the weights. The instruction that rounds (vcvtneps2bf16)
/// takes subnormal numbers for zero, which to_bf16 does not, so vectors with a subnormal number are
/// rounded by to_bf16.
__attribute__((target("avx512f,avx512bf16"))) void update_whole_vectors(const AdamScalars& scalars,
                                                                        const float* gradient,
                                                                        std::int64_t count, float* weights,
                                                                        float* first, float* second,
                                                                        Bf16* copy) {
  const AdamVectors adam = broadcast(scalars);
  const __m512i exponent = _mm512_set1_epi32(0x7f800000), significand = _mm512_set1_epi32(0x007fffff);
  for (std::int64_t i = 0; i < count; i += kVector) {
    const __m512 w = update_vector(adam, gradient + i, weights + i, first + i, second + i);
    const __m512i bits = _mm512_castps_si512(w);
    const __mmask16 subnormal =
        _mm512_testn_epi32_mask(bits, exponent) & _mm512_test_epi32_mask(bits, significand);
    if (__builtin_expect(subnormal != 0, 0)) {
      for (std::int64_t j = i; j < i + kVector; ++j) copy[j] = to_bf16(weights[j]);
      continue;
    }
    const auto rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(w));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(copy + i), rounded);
  }
}

}  // namespace

bool update_by_adam_avx512(const AdamScalars& scalars, const float* gradient, std::int64_t count,
                           float* weights, float* first, float* second, Bf16* copy) {
  static const bool exact = has_avx512() && square_root_is_exact();
  static const bool rounds = __builtin_cpu_supports("avx512bf16");
  if (!exact || (copy && !rounds)) return false;
  const std::int64_t whole = count / kVector * kVector;
  copy ? update_whole_vectors(scalars, gradient, whole, weights, first, second, copy)
       : update_whole_vectors(scalars, gradient, whole, weights, first, second);
  const AdamRule rule(scalars);
  for (std::int64_t i = whole; i < count; ++i) {
    float moments[2] = {first[i], second[i]};
    rule(gradient[i], weights[i], moments);
    first[i] = moments[0];
    second[i] = moments[1];
    if (copy) copy[i] = to_bf16(weights[i]);
  }
  return true;
}
#else
bool update_by_adam_avx512(const AdamScalars&, const float*, std::int64_t, float*, float*, float*, Bf16*) {
  return false;
}
#endif

}  // namespace gpu_sweep::cpu
