#include "apps/gpu_sweep/weights_shape.h"

#include <fmt/format.h>

#include "gpu_sweep/error.h"

namespace gpu_sweep {

void check_shape(const Weights& weights, const MlpSpec& shape, const std::string& file) {
  if (weights.size() != shape.hidden.size() + 1) {
    throw Error(ExitCode::kData, fmt::format("{}: found {} dense layers, expected {}", file, weights.size(),
                                             shape.hidden.size() + 1));
  }
  int inputs = shape.features;
  for (std::size_t layer = 0; layer < weights.size(); ++layer) {
    const int outputs = layer < shape.hidden.size() ? shape.hidden[layer] : shape.classes;
    if (weights[layer].inputs != inputs || weights[layer].outputs != outputs) {
      throw Error(ExitCode::kData,
                  fmt::format("{}: dense_{}/kernel: found [{}, {}], expected [{}, {}]", file, layer,
                              weights[layer].inputs, weights[layer].outputs, inputs, outputs));
    }
    inputs = outputs;
  }
}

std::vector<int> hidden_widths(const Weights& weights, const Dataset& dataset, const std::string& file) {
  MlpSpec shape;
  shape.features = dataset.features();
  shape.classes = dataset.classes;
  for (std::size_t layer = 0; layer + 1 < weights.size(); ++layer)
    shape.hidden.push_back(weights[layer].outputs);
  check_shape(weights, shape, file);
  return shape.hidden;
}

}  // namespace gpu_sweep
