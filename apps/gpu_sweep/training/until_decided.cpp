#include "apps/gpu_sweep/training/until_decided.h"

#include <CLI/CLI.hpp>

#include "apps/gpu_sweep/flags/flags.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/study/until_decided.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

void add_until_decided_flags(CLI::App& app, UntilDecidedFlags& flags) {
  app.add_flag("--until-decided", flags.given,
               "buy seeds in rounds, only for models of which a pair is undecided, until every pair is told\n"
               "or the same; p counts every look and holds for symmetric differences");
  add_integer_flag(app, "--max-runs", flags.max_runs, kRunsRange,
                   "with --until-decided: the most runs per model (default " +
                       std::to_string(kDefaultMaxRuns) + ", or the file's runs if that is more)");
}

Experiment load_experiment(const std::string& file, const ExperimentOverrides& overrides,
                           const UntilDecidedFlags& flags) {
  if (!flags.given) {
    if (flags.max_runs) {
      throw Error(ExitCode::kUsage, "--max-runs: found no --until-decided, expected both");
    }
    return load_experiment(file, overrides);
  }
  if (overrides.runs) {
    throw Error(ExitCode::kUsage, "--runs with --until-decided: found both, expected --max-runs instead");
  }
  Experiment experiment = load_experiment(file, overrides);
  buy_until_decided(experiment, flags.max_runs);
  return experiment;
}

}  // namespace gpu_sweep
