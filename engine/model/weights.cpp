#include "engine/model/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernels/common/philox.h"

namespace gpu_sweep {
namespace {

std::size_t count(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

void check_shape(const DenseWeights& dense, const LayerLayout& place, std::size_t layer) {
  if (dense.inputs != place.inputs || dense.outputs != place.outputs ||
      dense.kernel.size() != count(dense.inputs, dense.outputs) ||
      dense.bias.size() != count(1, dense.outputs)) {
    throw std::invalid_argument(fmt::format("dense_{}: [{}, {}], expected [{}, {}]", layer, dense.inputs,
                                            dense.outputs, place.inputs, place.outputs));
  }
}

DenseWeights glorot_uniform(int inputs, int outputs, std::uint32_t layer, std::uint64_t seed) {
  DenseWeights dense = {.inputs = inputs,
                        .outputs = outputs,
                        .kernel = std::vector<float>(count(inputs, outputs)),
                        .bias = std::vector<float>(count(1, outputs))};
  const float limit = static_cast<float>(std::sqrt(6.0 / (static_cast<double>(inputs) + outputs)));
  for (std::size_t first = 0; first < dense.kernel.size(); first += 4) {
    const PhiloxBlock block =
        philox_block(seed, Purpose::kInitialise, layer, 0, static_cast<std::uint32_t>(first / 4));
    const std::size_t words = std::min<std::size_t>(4, dense.kernel.size() - first);
    for (std::size_t i = 0; i < words; ++i) {
      dense.kernel[first + i] = (2.0f * uniform(block.word[i]) - 1.0f) * limit;
    }
  }
  return dense;
}

}  // namespace

std::vector<float> pad_weights(const Weights& weights, const ParameterLayout& layout) {
  if (weights.size() != layout.layers.size()) {
    throw std::invalid_argument(
        fmt::format("{} layers of weights, expected {}", weights.size(), layout.layers.size()));
  }
  std::vector<float> parameters(static_cast<std::size_t>(layout.parameters));
  for (std::size_t l = 0; l < weights.size(); ++l) {
    const DenseWeights& dense = weights[l];
    const LayerLayout& place = layout.layers[l];
    check_shape(dense, place, l);
    for (int row = 0; row < dense.inputs; ++row) {
      std::copy_n(
          dense.kernel.begin() + static_cast<std::ptrdiff_t>(count(row, dense.outputs)), dense.outputs,
          parameters.begin() + place.kernel + static_cast<std::ptrdiff_t>(count(row, place.padded_outputs)));
    }
    std::copy(dense.bias.begin(), dense.bias.end(), parameters.begin() + place.bias);
  }
  return parameters;
}

Weights strip_weights(std::span<const float> parameters, const ParameterLayout& layout) {
  if (parameters.size() != static_cast<std::size_t>(layout.parameters)) {
    throw std::invalid_argument(
        fmt::format("{} parameters, expected {}", parameters.size(), layout.parameters));
  }
  Weights weights;
  for (const LayerLayout& place : layout.layers) {
    DenseWeights& dense = weights.emplace_back();
    dense.inputs = place.inputs;
    dense.outputs = place.outputs;
    dense.kernel.reserve(count(place.inputs, place.outputs));
    for (int row = 0; row < place.inputs; ++row) {
      const auto from =
          parameters.begin() + place.kernel + static_cast<std::ptrdiff_t>(count(row, place.padded_outputs));
      dense.kernel.insert(dense.kernel.end(), from, from + place.outputs);
    }
    const auto bias = parameters.begin() + place.bias;
    dense.bias.assign(bias, bias + place.outputs);
  }
  return weights;
}

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
