// An experiment: which models are trained, how many runs each, from which seeds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// How the results are judged. No run depends on it.
struct AnalysisSettings {
  double max_diverged = 0.1;  ///< a model of which a greater share of the runs diverged is never chosen
  /// Smallest difference of accuracies that matters, in percentage points, > 0; none was stated if absent.
  std::optional<double> smallest_difference;
  bool stated_after_runs = false;  ///< it was stated or changed when there were finished runs
  /// Seeds were bought only where pairs of models were undecided: `runs` is the most of each model, and the
  /// tests allow for a look after every seed.
  bool until_decided = false;
  /// Seeds were bought as a race: models that are clearly behind get no more of them. Only with
  /// until_decided.
  bool race = false;
  /// Returns the flag by which seeds are bought, if they are.
  const char* buying_flag() const { return race ? "--race" : "--until-decided"; }
  /// Numbers of runs, ascending, with which the study was complete and could tell models apart before `runs`
  /// was raised: the tests then allow for a look after every seed.
  std::vector<int> looks = {};
  friend bool operator==(const AnalysisSettings&, const AnalysisSettings&) = default;
};

/// Returns `settings` for results that have finished runs and were judged by `earlier` until now: a smallest
/// difference that is not the earlier one was stated after the runs, and looks stay.
AnalysisSettings stated_for_finished_runs(AnalysisSettings settings, const AnalysisSettings& earlier);

/// Fully resolved: defaults, [grid] and command-line flags applied.
struct Experiment {
  std::string name;  ///< also a file name: no '/', no leading '.'
  int runs = 1;      ///< run i of every model has seed `seed` + i
  std::uint64_t seed = 0;
  std::vector<ModelSpec> models;  ///< in the file's order; names are unique
  ClassSpec classes;              ///< for the data set, if the file describes its classes
  AnalysisSettings analysis;
  DataSettings data;  ///< as the file states them

  /// One line for each setting in the file that a model cannot use, and one for each set of equal models.
  /// Empty if no file was read.
  std::vector<std::string> warnings;
  /// By model, the optimizer under the rule of older stores, if it differs from the one in `models`: naming
  /// an optimizer discarded all scalars of outer tables. Empty if no file was read.
  std::map<std::string, OptimizerSpec> unmerged_optimizers;
};

/// What the command line may override. It takes precedence over the file.
struct ExperimentOverrides {
  std::optional<int> runs;
  std::optional<int> epochs;
  std::optional<std::uint64_t> seed;
  std::optional<double> max_diverged = {};
  std::optional<double> smallest_difference = {};
};

/// Reads and resolves a TOML file as docs/usage.md describes it. Throws Error(kUsage): one line with file,
/// line number, key, found and expected. For an unknown key the line names the nearest known one.
Experiment load_experiment(const std::filesystem::path& file, const ExperimentOverrides& overrides = {});

/// Does the same for TOML text in memory. Messages call it `file`.
Experiment parse_experiment(std::string_view text, const std::string& file,
                            const ExperimentOverrides& overrides = {});

}  // namespace gpu_sweep
