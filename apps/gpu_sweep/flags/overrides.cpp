#include "apps/gpu_sweep/flags/overrides.h"

#include "apps/gpu_sweep/flags/flags.h"

namespace gpu_sweep {

void add_override_flags(CLI::App& app, ExperimentOverrides& target) {
  add_integer_flag(app, "--runs", target.runs, kRunsRange, "runs per model, overriding the file");
  add_integer_flag(app, "--epochs", target.epochs, kEpochsRange,
                   "epochs of every model, overriding the file");
  add_integer_flag(app, "--seed", target.seed, kSeedRange, "seed of the first run, overriding the file");
}

}  // namespace gpu_sweep
