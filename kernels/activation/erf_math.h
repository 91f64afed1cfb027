// The error function and its complement in plain float arithmetic. They give the same bits in every loop,
// vectorized or not, and on every CPU. The functions of libm do not: they differ between machines, and calls
// to them are not vectorized.
#pragma once

#include "kernels/common/exp_math.h"
#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// erf(x) for |x| < 1, with a relative error below 2^-22. It is computed as x times a polynomial of degree 6
/// in x^2. The coefficients minimize the largest relative error (Lawson's algorithm); the approximation error
/// is below 2^-28.
GPU_SWEEP_HOST_DEVICE float erf_near_0(float x) {
  const float square = x * x;
  float series = 7.853860734030604e-05f;
  series = series * square - 0.0008010193705558777f;
  series = series * square + 0.005188327748328447f;
  series = series * square - 0.026853812858462334f;
  series = series * square + 0.1128358542919159f;
  series = series * square - 0.3761262595653534f;
  series = series * square + 1.1283791065216064f;
  return x * series;
}

/// erfc(x) for x >= 1, computed as e^(-x^2) t Q(t) with t = 1 / (1 + x / 2). Q is a polynomial of degree 9
/// whose coefficients minimize the largest relative error on [1, infinity) (Lawson's algorithm); the
/// approximation error is below 2^-28. The relative error of a normal result is below (16 + x^2) 2^-24. The
/// part x^2 2^-24 comes from rounding the exponent x^2.
GPU_SWEEP_HOST_DEVICE float erfc_from_1(float x) {
  const float t = 1.0f / (1.0f + 0.5f * x);
  float series = -0.0769408568739891f;
  series = series * t + 0.2491704523563385f;
  series = series * t - 0.24571436643600464f;
  series = series * t + 0.024327117949724197f;
  series = series * t - 0.024966193363070488f;
  series = series * t + 0.08688254654407501f;
  series = series * t + 0.17603643238544464f;
  series = series * t + 0.24684491753578186f;
  series = series * t + 0.2820945978164673f;
  series = series * t + 0.282094806432724f;
  return exponential(-(x * x)) * (t * series);
}

/// erf(x) with an absolute error of at most 1.5e-7 and a relative error of at most 2^-22. Exactly odd: the
/// results for x and -x differ in the sign only. A NaN stays a NaN.
GPU_SWEEP_HOST_DEVICE float error_function(float x) {
  const float magnitude = x < 0 ? -x : x;
  const float far = 1.0f - erfc_from_1(magnitude);
  return magnitude < 1.0f ? erf_near_0(x) : x < 0 ? -far : far;
}

/// 1 - erf(x), computed without the cancellation that the subtraction would cause. The relative error of a
/// normal result is at most (16 + x^2) 2^-24 for x > 0, and the absolute error is at most 2.4e-7 for x <= 0.
/// A result in the subnormal range is 0 if the thread flushes subnormals to 0. A NaN stays a NaN.
GPU_SWEEP_HOST_DEVICE float complementary_error_function(float x) {
  const float magnitude = x < 0 ? -x : x;
  const float far = erfc_from_1(magnitude);
  return magnitude < 1.0f ? 1.0f - erf_near_0(x) : x < 0 ? 2.0f - far : far;
}

}  // namespace gpu_sweep
