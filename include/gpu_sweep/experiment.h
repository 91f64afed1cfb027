// An experiment: which models are trained, how many runs each of them gets, and with which seeds.
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

/// How the results are judged. These settings do not affect the result of any run.
struct AnalysisSettings {
  double max_diverged = 0.1;  ///< a model is never chosen if a larger share of its runs diverged
  /// The smallest difference between accuracies that matters, in percentage points, > 0. Absent if none was
  /// stated.
  std::optional<double> smallest_difference;
  bool stated_after_runs = false;  ///< smallest_difference was stated or changed after runs had finished
  /// True if `--until-decided` chose the seeds: more runs were trained only for pairs of models that were
  /// still undecided. Experiment::runs is then the largest number of runs per model, and the tests allow for
  /// judging the results after every seed.
  bool until_decided = false;
  /// True if `--race` chose the seeds: models that are clearly behind get no more of them. Implies
  /// until_decided.
  bool race = false;
  /// Returns the flag that let the program choose how many seeds to train. Meaningful only if until_decided
  /// is set.
  const char* buying_flag() const { return race ? "--race" : "--until-decided"; }
  /// Numbers of runs per model, ascending. Before Experiment::runs was raised, the study was complete with
  /// each of these numbers, and its tests could have told models apart. If there are any, the tests allow for
  /// judging the results after every seed.
  std::vector<int> looks = {};
  friend bool operator==(const AnalysisSettings&, const AnalysisSettings&) = default;
};

/// Returns `settings` for results that already have finished runs and were judged by `earlier` until now. A
/// smallest difference that differs from the earlier one is marked as stated after the runs. The looks of
/// `earlier` are kept.
AnalysisSettings stated_for_finished_runs(AnalysisSettings settings, const AnalysisSettings& earlier);

/// An experiment in its final form: defaults, [grid] and command-line flags have been applied.
struct Experiment {
  std::string name;  ///< also a file name: no '/', no leading '.'
  int runs = 1;      ///< per model; run i has seed `seed` + i
  std::uint64_t seed = 0;
  std::vector<ModelSpec> models;  ///< in the file's order; names are unique
  ClassSpec classes;              ///< for the data set, if the file describes its classes
  AnalysisSettings analysis;
  DataSettings data;  ///< as stated in the file

  /// One line for each setting in the file that a model cannot use, and one line for each set of models that
  /// are equal. Empty if the experiment was not read from TOML.
  std::vector<std::string> warnings;
  /// By model name: the optimizer that older versions would have used, if it differs from that of the model.
  /// In those versions, naming an optimizer discarded the scalars stated earlier, for example those in
  /// [defaults]. Empty if the experiment was not read from TOML.
  std::map<std::string, OptimizerSpec> unmerged_optimizers;
};

/// What the command line may override. Each value given there takes precedence over the file.
struct ExperimentOverrides {
  std::optional<int> runs;
  std::optional<int> epochs;
  std::optional<std::uint64_t> seed;
  std::optional<double> max_diverged = {};
  std::optional<double> smallest_difference = {};
};

/// Reads and resolves a TOML file (docs/usage.md describes the format). Throws Error(kUsage) with one line:
/// the file, where possible the line number and the key, what was found and what was expected. If a known key
/// is similar to an unknown one, the line names it.
Experiment load_experiment(const std::filesystem::path& file, const ExperimentOverrides& overrides = {});

/// Reads and resolves TOML text in memory, like load_experiment. Error messages use `file` as the file's
/// name.
Experiment parse_experiment(std::string_view text, const std::string& file,
                            const ExperimentOverrides& overrides = {});

}  // namespace gpu_sweep
