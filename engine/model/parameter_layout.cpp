#include "engine/model/parameter_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace gpu_sweep {
namespace {

constexpr std::int64_t kTensorAlignment = 64;  // elements: 256 bytes in fp32, 128 in bf16
constexpr int kWidthMultiple = 8;              // 16 bytes in bf16
constexpr int kClassMultiple = 16;

std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

std::size_t elements(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

void check_shape(const DenseWeights& dense, const LayerLayout& place, std::size_t layer) {
  if (dense.inputs != place.inputs || dense.outputs != place.outputs ||
      dense.kernel.size() != elements(dense.inputs, dense.outputs) ||
      dense.bias.size() != elements(1, dense.outputs)) {
    throw std::invalid_argument(fmt::format("dense_{}: [{}, {}], expected [{}, {}]", layer, dense.inputs,
                                            dense.outputs, place.inputs, place.outputs));
  }
}

}  // namespace

ParameterLayout parameter_layout(const MlpSpec& spec) {
  ParameterLayout layout;
  int inputs = spec.features;
  int padded_inputs = static_cast<int>(round_up(spec.features, kWidthMultiple));
  auto append = [&](int outputs, int padded_outputs) {
    LayerLayout layer{inputs, outputs, padded_inputs, padded_outputs, 0, 0};
    layer.kernel = layout.parameters;
    layer.bias =
        layer.kernel + round_up(static_cast<std::int64_t>(padded_inputs) * padded_outputs, kTensorAlignment);
    layout.parameters = layer.bias + round_up(padded_outputs, kTensorAlignment);
    layout.true_parameters += static_cast<std::int64_t>(inputs) * outputs + outputs;
    layout.layers.push_back(layer);
    inputs = outputs;
    padded_inputs = padded_outputs;
  };
  for (const int width : spec.hidden) append(width, static_cast<int>(round_up(width, kWidthMultiple)));
  append(spec.classes, static_cast<int>(round_up(spec.classes, kClassMultiple)));
  return layout;
}

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
      std::copy_n(dense.kernel.begin() + static_cast<std::ptrdiff_t>(elements(row, dense.outputs)),
                  dense.outputs,
                  parameters.begin() + place.kernel +
                      static_cast<std::ptrdiff_t>(elements(row, place.padded_outputs)));
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
    dense.kernel.reserve(elements(place.inputs, place.outputs));
    for (int row = 0; row < place.inputs; ++row) {
      const auto from = parameters.begin() + place.kernel +
                        static_cast<std::ptrdiff_t>(elements(row, place.padded_outputs));
      dense.kernel.insert(dense.kernel.end(), from, from + place.outputs);
    }
    const auto bias = parameters.begin() + place.bias;
    dense.bias.assign(bias, bias + place.outputs);
  }
  return weights;
}

}  // namespace gpu_sweep
