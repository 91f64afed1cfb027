#include "gpu_sweep/weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "engine/model/parameter_layout.h"
#include "kernels/common/philox.h"

namespace gpu_sweep {
namespace {

/// Returns a network in which every width needs padding.
MlpSpec ragged_spec() { return {.features = 13, .hidden = {9, 1}, .classes = 3, .batch = 4}; }

TEST(InitialWeights, ShapesChainUp) {
  const Weights weights = initial_weights(ragged_spec(), 0);
  ASSERT_EQ(weights.size(), 3u);
  const int widths[] = {13, 9, 1, 3};
  for (std::size_t l = 0; l < 3; ++l) {
    EXPECT_EQ(weights[l].inputs, widths[l]);
    EXPECT_EQ(weights[l].outputs, widths[l + 1]);
    EXPECT_EQ(weights[l].kernel.size(), static_cast<std::size_t>(widths[l] * widths[l + 1]));
    EXPECT_EQ(weights[l].bias, std::vector<float>(static_cast<std::size_t>(widths[l + 1]), 0.0f));
  }
}

TEST(InitialWeights, EveryElementComesFromItsOwnCounter) {
  constexpr std::uint64_t kSeed = 0x123456789abcdef0;
  const Weights weights = initial_weights(ragged_spec(), kSeed);
  for (std::uint32_t l = 0; l < 3; ++l) {
    const float limit = static_cast<float>(std::sqrt(6.0 / (weights[l].inputs + weights[l].outputs)));
    for (std::uint32_t e = 0; e < weights[l].kernel.size(); ++e) {
      const float u = uniform(philox_word(kSeed, Purpose::kInitialize, l, 0, e));
      EXPECT_EQ(weights[l].kernel[e], (2 * u - 1) * limit) << "layer " << l << " element " << e;
    }
  }
}

TEST(InitialWeights, SpreadIsGlorotsSeed7) {
  const MlpSpec spec = {.features = 784, .hidden = {256}, .classes = 10, .batch = 256};
  const std::vector<float> kernel = initial_weights(spec, 7).front().kernel;
  const double limit = std::sqrt(6.0 / (784 + 256));
  double sum = 0, squares = 0;
  for (const float w : kernel) {
    sum += w;
    squares += static_cast<double>(w) * w;
  }
  const double n = static_cast<double>(kernel.size());
  EXPECT_GE(*std::min_element(kernel.begin(), kernel.end()), -limit);
  EXPECT_LT(*std::max_element(kernel.begin(), kernel.end()), limit);
  // For the uniform distribution in [-L, L), the mean of n numbers is 0 with deviation L / sqrt(3 n), and the
  // mean square is L^2 / 3 with deviation L^2 sqrt(4 / (45 n)).
  EXPECT_NEAR(sum / n, 0, 4 * limit / std::sqrt(3 * n));
  EXPECT_NEAR(squares / n, limit * limit / 3, 4 * limit * limit * std::sqrt(4 / (45 * n)));
}

TEST(InitialWeights, SeedsDiffer) {
  EXPECT_EQ(initial_weights(ragged_spec(), 5), initial_weights(ragged_spec(), 5));
  EXPECT_NE(initial_weights(ragged_spec(), 5), initial_weights(ragged_spec(), 6));
  EXPECT_NE(initial_weights(ragged_spec(), 5), initial_weights(ragged_spec(), 5 + (std::uint64_t{1} << 32)));
}

TEST(PadWeights, StripUndoesPadAndPadsAreZero) {
  const ParameterLayout layout = parameter_layout(ragged_spec());
  Weights weights = initial_weights(ragged_spec(), 1);
  double sum = 0;
  for (DenseWeights& dense : weights) {
    std::fill(dense.bias.begin(), dense.bias.end(), 0.5f);
    for (const float w : dense.kernel) sum += std::abs(w);
    for (const float b : dense.bias) sum += std::abs(b);
  }
  const std::vector<float> parameters = pad_weights(weights, layout);
  ASSERT_EQ(parameters.size(), static_cast<std::size_t>(layout.parameters));
  EXPECT_EQ(strip_weights(parameters, layout), weights);

  double padded_sum = 0;
  for (const float p : parameters) padded_sum += std::abs(p);
  EXPECT_NEAR(padded_sum, sum, 1e-9);
  EXPECT_EQ(std::count_if(parameters.begin(), parameters.end(), [](float p) { return p != 0; }),
            layout.true_parameters);
  EXPECT_TRUE(
      std::none_of(parameters.begin(), parameters.end(), [](float p) { return p == 0 && std::signbit(p); }));
  const LayerLayout& first = layout.layers[0];
  EXPECT_EQ(parameters[static_cast<std::size_t>(first.kernel + std::int64_t{2} * first.padded_outputs + 8)],
            weights[0].kernel[2 * 9 + 8]);
}

TEST(PadWeights, ShapesThatDiffer) {
  const ParameterLayout layout = parameter_layout(ragged_spec());
  Weights weights = initial_weights(ragged_spec(), 1);
  weights[1].kernel.pop_back();
  EXPECT_THROW(pad_weights(weights, layout), std::invalid_argument);
  weights.pop_back();
  EXPECT_THROW(pad_weights(weights, layout), std::invalid_argument);
  EXPECT_THROW(strip_weights(std::vector<float>(3), layout), std::invalid_argument);
}

}  // namespace
}  // namespace gpu_sweep
