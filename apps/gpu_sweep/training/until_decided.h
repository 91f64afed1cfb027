// --until-decided: seeds are bought in rounds, only for models that an undecided pair needs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/until_decided.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/group_spec.h"

namespace CLI {
class App;
}

namespace gpu_sweep {

struct UntilDecidedFlags {
  bool given = false;
  std::optional<int> max_runs;  ///< of each model
};

/// The most runs of each model without --max-runs, unless the file asks for more.
inline constexpr int kDefaultMaxRuns = 100;

/// Adds --until-decided and --max-runs.
void add_until_decided_flags(CLI::App& app, UntilDecidedFlags& flags);

/// Loads an experiment as load_experiment does. With --until-decided, its `runs` is the most of each model.
/// Throws Error(kUsage), also if flags exclude each other.
Experiment load_experiment(const std::string& file, const ExperimentOverrides& overrides,
                           const UntilDecidedFlags& flags);

/// Returns those of `runs` (the whole experiment, as `expand` returns it) that `wanted` asks for: of model i,
/// its first wanted[i] seeds.
std::vector<RunSpec> wanted_runs(const std::vector<RunSpec>& runs, const Experiment& experiment,
                                 const std::vector<int>& wanted);

/// Returns the runs that decide how many are trained together: those of the first round, or all if seeds are
/// not bought until decided.
std::vector<RunSpec> runs_to_group(const std::vector<RunSpec>& runs, const Experiment& experiment);

/// "1 of 3 pairs is undecided after 12 seeds", or "the first round has 10 seeds".
std::string round_text(const Experiment& experiment, const Purchase& purchase);

}  // namespace gpu_sweep
