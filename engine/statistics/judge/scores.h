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
  std::string dataset;          ///< "" if the table has one data set only
  std::string seed;             ///< "" if the table has no seeds
  std::string fold;             ///< fold or split; "" if the table has none
  std::optional<double> value;  ///< finite; absent if the run failed
  double answers = 0;           ///< number of answers behind an accuracy; 0 if unknown
};

/// How the training data of the runs of one model differ.
enum class Resampling : std::uint8_t { kNone, kFolds, kSplits };

struct Scores {
  std::vector<Score> runs;
  bool seeds = false;  ///< the runs have seeds
  Resampling resampling = Resampling::kNone;
  /// The number of runs followed from looks at the results: p must count a look after every seed.
  bool until_decided = false;
};

/// What became of a run without a score, or of one that a model lacks and other models have.
enum class MissingScores : std::uint8_t { kFailed, kNotRun };

/// The roles that a column can have. A column whose name is its role needs no mapping.
inline constexpr std::array kColumnRoles = {
    "model",  "seed", "score", "dataset", "metric",        "n_right",   "n",
    "status", "fold", "split", "step",    "stopping_rule", "judged_on", "validation_split"};

struct ScoreTableOptions {
  std::map<std::string, std::string> columns;  ///< name of a column by its role
  std::string metric;                          ///< the metric to judge, if a column names several
  std::optional<MissingScores> missing;
  bool until_decided = false;  ///< see Scores; also if a column of stopping rules says so
};

/// Returns the scores of a long table, with a column of models and a row per run, or of a wide one, with a
/// column per model and a row per seed. A score that is NaN or infinite, or the status of a failed run, marks
/// a run as failed. `file` is the name in messages. Throws Error(kData), with the remedy and, where possible,
/// the line, for cells that cannot be read and for tables that do not describe each finished run exactly
/// once: rows of runs that are still running or were pruned, two rows of one run, runs that ended at
/// different steps, validation scores where validation rows took part in training or differ from seed to
/// seed, means in place of runs, one run per model, nonzero scores with magnitudes outside 1e-100 to 1e+100,
/// several metrics of which none was chosen, and missing seeds or scores if `missing` is absent.
Scores read_scores(const CsvTable& table, const std::string& file, const ScoreTableOptions& options);

}  // namespace gpu_sweep
