#include "engine/model/model_spec.h"

#include "engine/model/mlp_spec.h"

namespace gpu_sweep {

OptimiserSpec OptimiserSpec::with_defaults(OptimiserKind kind) {
  OptimiserSpec spec;
  spec.kind = kind;
  if (kind == OptimiserKind::kSgd) spec.learning_rate = 0.01;
  return spec;
}

const char* to_string(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return "relu";
    case Activation::kSigmoid:
      return "sigmoid";
    case Activation::kTanh:
      return "tanh";
  }
  return "?";
}

const char* to_string(OptimiserKind kind) {
  switch (kind) {
    case OptimiserKind::kAdam:
      return "adam";
    case OptimiserKind::kSgd:
      return "sgd";
    case OptimiserKind::kRmsProp:
      return "rmsprop";
  }
  return "?";
}

const char* to_string(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return "fp32";
    case Precision::kTf32:
      return "tf32";
    case Precision::kBf16:
      return "bf16";
  }
  return "?";
}

MlpSpec mlp_spec(const ModelSpec& model, int features, int classes, Precision precision) {
  return {features,         model.hidden, classes, model.activation, model.optimiser.kind,
          model.batch_size, precision};
}

}  // namespace gpu_sweep
