// Converts the rows of a store to the records of an experiment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/experiment/experiment.h"
#include "engine/store/database/run_row.h"

namespace gpu_sweep {

class ExperimentRuns {
 public:
  explicit ExperimentRuns(const Experiment& experiment);

  /// Returns in one line how a row is damaged, or nothing if it is intact: it matches its checksum, and its
  /// model can have such a run. Only the checksum counts for models that the experiment does not have.
  std::optional<std::string> damage(const RunRow& row) const;

  /// Takes an intact row. Ignores rows of models that the experiment does not have.
  void take(const RunRow& row);

  /// Returns what was taken, ordered by (model in the experiment's order, seed), and empties this. Models
  /// that are equal but for their names share their runs.
  std::vector<RunRecord> in_order();

 private:
  /// Throws std::invalid_argument if no run of `model` can have these contents: another program wrote them.
  static RunRecord record_of(const RunRow& row, const ModelSpec& model);

  const Experiment& experiment_;
  std::map<std::string, std::string> identities_;                       // by model name
  std::map<std::string, const ModelSpec*> models_;                      // by name
  std::map<std::pair<std::string, std::uint64_t>, RunRecord> records_;  // by identity and seed
};

}  // namespace gpu_sweep
