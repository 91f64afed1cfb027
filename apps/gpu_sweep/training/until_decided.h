// The flags --until-decided, --race and --max-runs.
#pragma once

#include <optional>
#include <string>

#include "gpu_sweep/experiment.h"

namespace CLI {
class App;
}

namespace gpu_sweep {

struct UntilDecidedFlags {
  bool given = false;
  bool race = false;
  std::optional<int> max_runs;  ///< per model

  bool buys() const { return given || race; }
  const char* name() const { return race ? "--race" : "--until-decided"; }
};

/// Adds --until-decided, --race and --max-runs.
void add_until_decided_flags(CLI::App& app, UntilDecidedFlags& flags);

/// Loads an experiment, as load_experiment does for a file. With --until-decided or --race, its `runs` is the
/// largest number of runs per model. Throws Error(kUsage), also if flags exclude each other.
Experiment load_experiment(const std::string& file, const ExperimentOverrides& overrides,
                           const UntilDecidedFlags& flags);

}  // namespace gpu_sweep
