// Double-precision numbers with a bound on the error of a single-precision computation of the same value.
//
// An oracle computes with these numbers as it would with doubles. Besides the value, each operation computes
// a bound on the error that fp32 arithmetic may make: the errors of the operands, plus its own rounding. The
// tolerances of the kernel tests therefore follow from the lengths of sums and from units of rounding, and
// are not chosen by hand.
#pragma once

#include <cmath>
#include <vector>

namespace gpu_sweep::reference {

inline constexpr double kFloatUnit = 0x1p-24;   ///< half the spacing of fp32 numbers at 1: unit of rounding
inline constexpr double kBf16Unit = 0x1p-8;     ///< unit of rounding of bf16
inline constexpr double kFp16Unit = 0x1p-11;    ///< unit of rounding of half precision
inline constexpr double kFloatTiny = 0x1p-149;  ///< smallest positive fp32 number; bounds the error near 0
inline constexpr double kFloatLeastNormal = 0x1p-126;  ///< a bound on the error of flushing subnormals to 0
inline constexpr double kFunctionUnits = 4;  ///< error of exp, expm1, log and tanh in kFloatUnit: 2 ulp

struct Bounded {
  double value = 0;
  double error = 0;  ///< bound on |fp32 result - value|

  Bounded() = default;
  Bounded(double exact) : value(exact) {}
  Bounded(double v, double e) : value(v), error(e) {}
};

/// Returns `x` after one more rounding to fp32, by an operation with relative error `unit`.
inline Bounded rounded(Bounded x, double unit = kFloatUnit) {
  return {x.value, x.error + unit * (std::fabs(x.value) + x.error) + kFloatTiny};
}

/// Returns `x` stored as bf16: 8 significant bits. Near 0, the bound on the error is 2^-133, the least
/// positive bf16 number.
inline Bounded stored_as_bf16(Bounded x) {
  return {x.value, x.error + kBf16Unit * (std::fabs(x.value) + x.error) + 0x1p-133};
}

/// Returns `x` stored as half precision: 11 significant bits. Near 0, the bound on the error is 2^-25, half
/// the least positive number.
inline Bounded stored_as_fp16(Bounded x) {
  return {x.value, x.error + kFp16Unit * (std::fabs(x.value) + x.error) + 0x1p-25};
}

inline Bounded operator+(Bounded x, Bounded y) { return rounded({x.value + y.value, x.error + y.error}); }
inline Bounded operator-(Bounded x, Bounded y) { return rounded({x.value - y.value, x.error + y.error}); }

inline Bounded operator*(Bounded x, Bounded y) {
  return rounded(
      {x.value * y.value, std::fabs(x.value) * y.error + std::fabs(y.value) * x.error + x.error * y.error});
}

inline Bounded operator/(Bounded x, Bounded y) {
  const double quotient = x.value / y.value;
  const double least = std::fabs(y.value) - y.error;
  return rounded({quotient, (x.error + std::fabs(quotient) * y.error) / least});
}

// The following functions of one argument bound the effect of its error by the largest change of the function
// over the interval in which the argument may lie, or by the steepest slope in this interval.

inline Bounded sqrt(Bounded x) {
  const double root = std::sqrt(x.value);
  const double lowest = std::sqrt(std::fmax(0.0, x.value - x.error));
  const double spread = root + lowest > 0 ? x.error / (root + lowest) : std::sqrt(x.error);
  return rounded({root, spread});
}

inline Bounded exp(Bounded x) {
  const double power = std::exp(x.value);
  return rounded({power, power * std::expm1(x.error)}, kFunctionUnits * kFloatUnit);
}

/// e^x - 1 for x <= 0.
inline Bounded expm1(Bounded x) {
  const double steepest = std::exp(x.value + x.error);
  return rounded({std::expm1(x.value), x.error * steepest}, kFunctionUnits * kFloatUnit);
}

/// The bound allows for an implementation that computes 1 - erf(x) for |x| < 1 and that otherwise rounds the
/// exponent of e^(-x^2) to fp32.
inline Bounded erfc(Bounded x) {
  const double nearest = std::fmax(0.0, std::fabs(x.value) - x.error);
  const double steepest = 2 / std::sqrt(M_PI) * std::exp(-nearest * nearest);
  const double value = std::erfc(x.value);
  const double units =
      std::fabs(x.value) < 1 ? kFunctionUnits / value : 2 * kFunctionUnits + x.value * x.value;
  return rounded({value, x.error * steepest + kFloatLeastNormal}, units * kFloatUnit);
}

inline Bounded log(Bounded x) {
  return rounded({std::log(x.value), x.error / (x.value - x.error)}, kFunctionUnits * kFloatUnit);
}

inline Bounded tanh(Bounded x) {
  const double nearest = std::fmax(0.0, std::fabs(x.value) - x.error);
  const double steepest = 1.0 / std::pow(std::cosh(nearest), 2);
  return rounded({std::tanh(x.value), x.error * steepest}, kFunctionUnits * kFloatUnit);
}

inline Bounded largest(Bounded x, Bounded y) { return x.value >= y.value ? x : y; }

/// Returns the sum of `terms`, with a bound that holds for any order of summation. There is at most one
/// rounding per term, each of a number that is not larger than the sum of the magnitudes.
inline Bounded sum(const std::vector<Bounded>& terms) {
  double value = 0, error = 0, magnitude = 0;
  for (const Bounded& term : terms) {
    value += term.value;
    error += term.error;
    magnitude += std::fabs(term.value) + term.error;
  }
  return {value, error + static_cast<double>(terms.size()) * kFloatUnit * magnitude};
}

}  // namespace gpu_sweep::reference
