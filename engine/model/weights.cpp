#include "gpu_sweep/weights.h"

#include <algorithm>
#include <cmath>

#include "kernels/common/philox.h"

namespace gpu_sweep {
namespace {

std::size_t count(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

DenseWeights glorot_uniform(int inputs, int outputs, std::uint32_t layer, std::uint64_t seed) {
  DenseWeights dense = {.inputs = inputs,
                        .outputs = outputs,
                        .kernel = std::vector<float>(count(inputs, outputs)),
                        .bias = std::vector<float>(count(1, outputs))};
  const float limit = static_cast<float>(std::sqrt(6.0 / (static_cast<double>(inputs) + outputs)));
  for (std::size_t first = 0; first < dense.kernel.size(); first += 4) {
    const PhiloxBlock block =
        philox_block(seed, Purpose::kInitialize, layer, 0, static_cast<std::uint32_t>(first / 4));
    const std::size_t words = std::min<std::size_t>(4, dense.kernel.size() - first);
    for (std::size_t i = 0; i < words; ++i) {
      dense.kernel[first + i] = (2.0f * uniform(block.word[i]) - 1.0f) * limit;
    }
  }
  return dense;
}

}  // namespace

Weights initial_weights(const MlpSpec& spec, std::uint64_t seed) {
  Weights weights;
  int inputs = spec.features;
  for (std::size_t l = 0; l <= spec.hidden.size(); ++l) {
    const int outputs = l < spec.hidden.size() ? spec.hidden[l] : spec.classes;
    weights.push_back(glorot_uniform(inputs, outputs, static_cast<std::uint32_t>(l), seed));
    inputs = outputs;
  }
  return weights;
}

}  // namespace gpu_sweep
