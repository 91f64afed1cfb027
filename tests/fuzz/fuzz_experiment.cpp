// Experiments in TOML.
#include <set>

#include "gpu_sweep/experiment.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require_error_or_success(ExitCode::kUsage, [&] {
    const Experiment experiment = parse_experiment({reinterpret_cast<const char*>(data), size}, "f");
    fuzz::require(experiment.runs > 0 && !experiment.models.empty(), "there is something to train");
    std::set<std::string> names;
    for (const ModelSpec& model : experiment.models) {
      fuzz::require(names.insert(model.name).second, "names are unique");
      fuzz::require(model.epochs > 0 && model.batch_size > 0, "epochs and batches are not empty");
      fuzz::require(model.dropout >= 0 && model.dropout < 1, "dropout is a rate below 1");
      fuzz::require(model.optimizer.learning_rate > 0, "the learning rate is a positive number");
      for (const int width : model.hidden) fuzz::require(width > 0, "no width is 0");
    }
  });
  return 0;
}

}  // namespace gpu_sweep
