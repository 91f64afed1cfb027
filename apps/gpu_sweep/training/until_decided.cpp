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
  app.add_flag(
      "--race", flags.race,
      "buy seeds in rounds, and none for models that are clearly behind the leader; the best model is\n"
      "dropped in at most 5 % of races if accuracies are normal with one spread for all models");
  add_integer_flag(app, "--max-runs", flags.max_runs, kRunsRange,
                   "with --until-decided or --race: the most runs per model (default " +
                       std::to_string(kDefaultMaxRuns) + ", or the file's runs if that is more)");
}

Experiment load_experiment(const std::string& file, const ExperimentOverrides& overrides,
                           const UntilDecidedFlags& flags) {
  if (flags.given && flags.race) {
    throw Error(ExitCode::kUsage, "--race with --until-decided: found both, expected one");
  }
  if (!flags.buys()) {
    if (flags.max_runs) {
      throw Error(ExitCode::kUsage, "--max-runs: found no --until-decided or --race, expected one of them");
    }
    return load_experiment(file, overrides);
  }
  if (overrides.runs) {
    throw Error(ExitCode::kUsage,
                std::string("--runs with ") + flags.name() + ": found both, expected --max-runs instead");
  }
  Experiment experiment = load_experiment(file, overrides);
  (flags.race ? buy_as_race : buy_until_decided)(experiment, flags.max_runs);
  return experiment;
}

}  // namespace gpu_sweep
