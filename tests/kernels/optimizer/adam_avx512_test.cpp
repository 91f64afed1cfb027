// Adam's code for AVX-512 against the rule that all backends share, bit for bit, apart from the bits of NaNs.
#include "kernels/optimizer/adam_avx512.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace gpu_sweep::test {
namespace {

struct Parameters {
  std::vector<float> gradient, weights, first, second;
  std::vector<Bf16> copy;

  explicit Parameters(std::size_t count) : copy(count) {
    std::mt19937 generator(31);
    std::normal_distribution<float> normal;
    const auto number = [&](int exponents) {
      return std::ldexp(normal(generator), -static_cast<int>(generator() % static_cast<unsigned>(exponents)));
    };
    for (std::size_t i = 0; i < count; ++i) {
      gradient.push_back(i % 5 == 0 ? 0 : number(40));
      weights.push_back(number(8));
      first.push_back(number(40));
      second.push_back(i % 11 == 0 ? 0 : std::abs(number(140)));
    }
  }

  void set(std::size_t i, float g, float w, float m, float v) {
    gradient[i] = g;
    weights[i] = w;
    first[i] = m;
    second[i] = v;
  }
};

template <class T>
std::vector<std::uint32_t> bits(const std::vector<T>& values) {
  std::vector<std::uint32_t> all;
  for (const T& value : values) {
    if constexpr (std::is_same_v<T, Bf16>) {
      all.push_back(value.bits);
    } else {
      all.push_back(std::isnan(value) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(value));
    }
  }
  return all;
}

TEST(AdamAvx512Test, HasTheBitsOfTheRule) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNaN = std::nanf("");
  constexpr float kSmallest = std::numeric_limits<float>::denorm_min();
  const AdamScalars scalars = {0.0017f, 0.1f, 0.001f, 1e-7f};
  for (const std::size_t count : {16u, 37u, 4099u}) {
    for (const bool copies : {false, true}) {
      Parameters found(count);
      found.set(0, 0, 0, 0, 0);
      found.set(1, kNaN, 1, 1, 1);
      found.set(2, kInfinity, 1, 1, 1);
      found.set(3, 0, kSmallest * 70'000, 0, 1);
      found.set(4, 0, 1, kSmallest * 3, kSmallest * 5);
      found.set(5, 1, 1, 1, -1);
      found.set(6, 1e19f, 1, 1, 1e38f);
      found.set(7, 0, -0.0f, 0, 0x1p-100f);
      Parameters expected = found;
      if (!cpu::update_by_adam_avx512(scalars, found.gradient.data(), static_cast<std::int64_t>(count),
                                      found.weights.data(), found.first.data(), found.second.data(),
                                      copies ? found.copy.data() : nullptr)) {
        GTEST_SKIP() << "NOT TESTED: no AVX-512 (or, for copies, no AVX512_BF16) on this machine";
      }
      const AdamRule rule(scalars);
      for (std::size_t i = 0; i < count; ++i) {
        float moments[2] = {expected.first[i], expected.second[i]};
        rule(expected.gradient[i], expected.weights[i], moments);
        expected.first[i] = moments[0];
        expected.second[i] = moments[1];
        if (copies) expected.copy[i] = to_bf16(expected.weights[i]);
      }
      EXPECT_EQ(bits(found.weights), bits(expected.weights));
      EXPECT_EQ(bits(found.first), bits(expected.first));
      EXPECT_EQ(bits(found.second), bits(expected.second));
      for (Parameters* all : {&found, &expected})
        all->copy[1] = all->copy[5] = {};  // both NaN, with any bits
      EXPECT_EQ(bits(found.copy), bits(expected.copy));
    }
  }
}

}  // namespace
}  // namespace gpu_sweep::test
