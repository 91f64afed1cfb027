// Scores of runs, whatever program trained them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/formats/csv_table.h"

namespace gpu_sweep {

/// One run of one model.
struct Score {
  std::string model;
  std::string dataset;          ///< "" if the table has no column of data sets
  std::string seed;             ///< "" if the table has no seeds
  std::string fold;             ///< fold or split; "" if the table has none
  std::optional<double> value;  ///< finite; absent if the run failed
  double answers = 0;           ///< number of answers behind an accuracy; 0 if unknown
  /// Number of seeds after which the model left a race. Absent if it remains, or if there was no race.
  std::optional<int> left_race_after = {};
};

/// How the training data of the runs of one model differ.
enum class Resampling : std::uint8_t { kNone, kFolds, kSplits };

struct Scores {
  std::vector<Score> runs;
  bool seeds = false;  ///< the runs have seeds
  Resampling resampling = Resampling::kNone;
  /// Whether the number of runs was chosen by looking at the results. If so, p must count a look after every
  /// seed.
  bool until_decided = false;
  /// Whether the runs were trained as a race, in which models that are clearly behind get no more seeds.
  /// Implies until_decided.
  bool race = false;
};

/// What to assume about a missing run: one without a score, or one that a model lacks and other models have.
enum class MissingScores : std::uint8_t { kFailed, kNotRun };

/// The roles that users can assign to columns. A column whose name is its role needs no mapping.
inline constexpr std::array kColumnRoles = {
    "model",          "seed", "score", "dataset", "metric",        "n_right",   "n",
    "status",         "fold", "split", "step",    "stopping_rule", "judged_on", "validation_split",
    "left_race_after"};

struct ScoreTableOptions {
  std::map<std::string, std::string> columns;  ///< name of a column by its role
  std::string metric;                          ///< the metric to judge, if a column names several
  std::optional<MissingScores> missing;
  bool until_decided = false;  ///< sets Scores::until_decided, as columns of the table can (followed_looks)
};

/// Returns the scores of a table. A long table has a column of models and a row per run; a wide table has a
/// column per model and a row per seed. A run counts as failed if its score is NaN or infinite, or if its
/// status or its epoch of divergence says so. `file` is the name used in messages.
/// Throws Error(kData), with the remedy and, where possible, the line, for
/// - columns that are missing or that contradict each other, and cells that cannot be read;
/// - rows of runs that are still running or were pruned;
/// - two rows for one run, only one run of a model, or only one model on a data set;
/// - runs that ended at different steps, and means in place of the scores of single runs;
/// - validation scores, if validation rows took part in training or differ from seed to seed;
/// - right answers that contradict the score or the number of answers;
/// - different numbers of seeds after which one model left a race, or more rows of it than that;
/// - nonzero scores with magnitudes outside 1e-100 to 1e+100;
/// - several metrics of which none was chosen, or a chosen metric that is absent;
/// - missing seeds or scores, if `missing` is absent (complete_runs).
Scores read_scores(const CsvTable& table, const std::string& file, const ScoreTableOptions& options);

}  // namespace gpu_sweep
