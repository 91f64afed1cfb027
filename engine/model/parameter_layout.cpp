#include "engine/model/parameter_layout.h"

namespace gpu_sweep {
namespace {

constexpr std::int64_t kTensorAlignment = 64;  // elements: 256 bytes in fp32, 128 in bf16
constexpr int kWidthMultiple = 8;              // 16 bytes in bf16
constexpr int kClassMultiple = 16;

std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
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

}  // namespace gpu_sweep
