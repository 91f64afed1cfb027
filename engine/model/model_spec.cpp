#include "gpu_sweep/model_spec.h"

#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

OptimizerSpec OptimizerSpec::with_defaults(OptimizerKind kind) {
  OptimizerSpec spec;
  spec.kind = kind;
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default) \
  if (kind == OptimizerKind::enumerator) spec.key = default;
#include "gpu_sweep/optimizers.def"
  return spec;
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
  return {features,         model.hidden, classes, model.activation, model.optimizer.kind,
          model.batch_size, precision};
}

}  // namespace gpu_sweep
