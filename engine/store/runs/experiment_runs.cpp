#include "engine/store/runs/experiment_runs.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_schema.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

namespace {

/// Returns a text that is equal for models that differ only in their names.
std::string identity(const ModelSpec& model) {
  nlohmann::ordered_json json = to_json(model);
  json.erase("name");
  return json.dump();
}

}  // namespace

ExperimentRuns::ExperimentRuns(const Experiment& experiment) : experiment_(experiment) {
  for (const ModelSpec& model : experiment.models) {
    identities_[model.name] = identity(model);
    models_[model.name] = &model;
  }
}

RunRecord ExperimentRuns::record_of(const RunRow& row, const ModelSpec& model) {
  RunRecord run = from_row(row);
  const std::size_t most = static_cast<std::size_t>(model.epochs) + 1;
  if (run.history.size() > most) {
    throw std::invalid_argument("a history of " + std::to_string(run.history.size()) +
                                " points, expected at most " + std::to_string(most));
  }
  // An older version trained this run: its objectives are unknown, and need not equal its losses.
  if (run.objective.empty() && step_extras(model).has_objective()) {
    run.objective.assign(run.history.size(), std::numeric_limits<double>::quiet_NaN());
  }
  return run;
}

std::optional<std::string> ExperimentRuns::damage(const RunRow& row) const {
  if (!is_intact(row)) return row_name(row);
  const auto model = models_.find(row.model);
  if (model == models_.end()) return std::nullopt;
  try {
    record_of(row, *model->second);
    return std::nullopt;
  } catch (const std::invalid_argument& error) {
    return row_name(row) + ": " + error.what();
  }
}

void ExperimentRuns::take(const RunRow& row) {
  const auto model = models_.find(row.model);
  if (model == models_.end()) return;
  RunRecord run = record_of(row, *model->second);
  const std::uint64_t seed = run.seed;
  records_.emplace(std::pair(identities_[row.model], seed), std::move(run));
}

std::vector<RunRecord> ExperimentRuns::in_order() {
  std::map<std::string, std::string> last_of;  // by identity: the last model of several that share runs
  for (const ModelSpec& model : experiment_.models) last_of[identities_[model.name]] = model.name;
  std::vector<RunRecord> runs;
  runs.reserve(records_.size());
  for (const ModelSpec& model : experiment_.models) {
    const std::string& shared = identities_[model.name];
    for (int i = 0; i < experiment_.runs; ++i) {
      const auto run = records_.find({shared, experiment_.seed + static_cast<std::uint64_t>(i)});
      if (run == records_.end()) continue;
      if (last_of[shared] == model.name) {
        runs.push_back(std::move(run->second));
      } else {
        runs.push_back(run->second);
      }
      runs.back().model = model.name;
    }
  }
  records_.clear();
  return runs;
}

}  // namespace gpu_sweep
