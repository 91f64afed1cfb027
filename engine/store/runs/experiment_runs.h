// Converts the rows of a store to the records of an experiment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/database/run_row.h"
#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

class ExperimentRuns {
 public:
  explicit ExperimentRuns(const Experiment& experiment);

  /// Returns a line that names the run of a damaged row, with the reason if the checksum matches but the
  /// contents are impossible. Returns nothing if the row is intact: it matches its checksum and is a possible
  /// run of its model. If the experiment lacks that model, only the checksum counts.
  std::optional<std::string> damage(const RunRow& row) const;

  /// Adds the run in an intact row. Ignores rows of models that the experiment does not have.
  void take(const RunRow& row);

  /// Returns the added runs whose seeds belong to the experiment, ordered by (model in the experiment's
  /// order, seed), and forgets all added runs. Models that differ only in their names share their runs.
  std::vector<RunRecord> in_order();

 private:
  /// Throws std::invalid_argument if no run of `model` can have these contents, which means that another
  /// program wrote them.
  static RunRecord record_of(const RunRow& row, const ModelSpec& model);

  const Experiment& experiment_;
  std::map<std::string, std::string> identities_;   // by model name: its settings, without the name
  std::map<std::string, const ModelSpec*> models_;  // by name
  std::map<std::pair<std::string, std::uint64_t>, RunRecord> records_;  // by identity and seed
};

}  // namespace gpu_sweep
