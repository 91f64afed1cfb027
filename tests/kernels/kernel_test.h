// What the bodies of the kernel tests share: the fixture, seeded inputs, padding, and comparison with an
// oracle.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "reference/bounded.h"
#include "tests/kernels/arena.h"
#include "tests/kernels/backend.h"

namespace gpu_sweep::test {

/// A test of one operation with a list of `Case`s. The name() of a case is a part of the test's name.
template <class Case>
class KernelTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const std::string why = backend::missing(); !why.empty()) {
      GTEST_SKIP() << "NOT TESTED on " << backend::name() << ": " << why;
    }
  }
  Arena arena;
};

template <class Case>
std::string case_name(const testing::TestParamInfo<Case>& info) {
  return info.param.name();
}

/// Concatenates the parts of a case's name.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream stream;
  (stream << ... << parts);
  return stream.str();
}

/// Returns the first backend::most_cases() cases of the list, or all if it has no more.
template <class Case>
std::vector<Case> for_backend(std::vector<Case> cases) {
  if (cases.size() > backend::most_cases()) cases.erase(cases.begin() + backend::most_cases(), cases.end());
  return cases;
}

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

inline int round_up(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

inline const char* type_name(DType type) { return type == DType::kBf16 ? "bf16" : "f32"; }

/// Returns `count` numbers in [-4, 4) that `type` represents exactly: multiples of 2^-21 for f32, of 2^-5 for
/// bf16.
inline std::vector<double> random_reals(std::uint32_t seed, std::size_t count, DType type) {
  std::mt19937 generator(seed);
  std::vector<double> values(count);
  const int bits = type == DType::kF32 ? 24 : 8;
  for (double& value : values) {
    value = static_cast<double>(generator() >> (32 - bits)) * std::ldexp(8.0, -bits) - 4;
  }
  return values;
}

/// Returns `count` integers in [-limit, limit], as doubles.
inline std::vector<double> random_integers(std::uint32_t seed, std::size_t count, int limit) {
  std::mt19937 generator(seed);
  std::vector<double> values(count);
  for (double& value : values) value = static_cast<double>(generator() % (2 * limit + 1)) - limit;
  return values;
}

/// Returns rows of `width` values, each filled up with `pad` to `leading` values.
inline std::vector<double> padded(const std::vector<double>& values, int width, int leading, double pad) {
  std::vector<double> rows;
  for (std::size_t i = 0; i < values.size(); ++i) {
    rows.push_back(values[i]);
    if ((i + 1) % width == 0) rows.insert(rows.end(), leading - width, pad);
  }
  return rows;
}

/// Returns the bounds of an fp32 result after it is stored as `type`.
inline reference::Bounded stored_as(DType type, const reference::Bounded& x) {
  return type == DType::kBf16 ? reference::stored_as_bf16(x) : x;
}

/// Allows twice the error bound of the oracle, because implementations may evaluate the same formula in
/// different orders.
inline void expect_within(double actual, const reference::Bounded& oracle) {
  EXPECT_NEAR(actual, oracle.value, 2 * oracle.error);
}

inline void expect_plus_zero(double actual) { EXPECT_TRUE(actual == 0 && !std::signbit(actual)) << actual; }

}  // namespace gpu_sweep::test
