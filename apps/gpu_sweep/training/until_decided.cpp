#include "apps/gpu_sweep/training/until_decided.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "apps/gpu_sweep/flags/flags.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/comparison.h"
#include "engine/statistics/wording.h"
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
  ExperimentOverrides most = overrides;
  most.runs = flags.max_runs;
  if (!most.runs) most.runs = std::max(kDefaultMaxRuns, load_experiment(file, overrides).runs);
  Experiment experiment = load_experiment(file, most);
  experiment.analysis.until_decided = true;
  check_until_decided(experiment);
  return experiment;
}

std::vector<RunSpec> wanted_runs(const std::vector<RunSpec>& runs, const Experiment& experiment,
                                 const std::vector<int>& wanted) {
  std::map<std::string, std::uint64_t> seeds;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    seeds[experiment.models[i].name] = static_cast<std::uint64_t>(wanted[i]);
  }
  std::vector<RunSpec> found;
  std::ranges::copy_if(runs, std::back_inserter(found), [&](const RunSpec& run) {
    return run.seed - experiment.seed < seeds.at(run.model.name);
  });
  return found;
}

std::vector<RunSpec> runs_to_group(const std::vector<RunSpec>& runs, const Experiment& experiment) {
  if (!experiment.analysis.until_decided) return runs;
  return wanted_runs(runs, experiment, std::vector<int>(experiment.models.size(), first_round(experiment)));
}

std::string round_text(const Experiment& experiment, const Purchase& purchase) {
  if (purchase.looks.empty()) {
    return "the first round has " + counted(static_cast<std::size_t>(first_round(experiment)), "seed");
  }
  const Look& last = purchase.looks.back();
  return with_thousands(static_cast<long long>(last.undecided)) + " of " +
         counted(pairs_of(experiment.models.size()), "pair") + (last.undecided == 1 ? " is" : " are") +
         " undecided after " + counted(static_cast<std::size_t>(last.seeds), "seed");
}

}  // namespace gpu_sweep
