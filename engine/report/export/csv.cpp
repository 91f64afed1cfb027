#include "engine/report/export/csv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "engine/experiment/model_keys.h"
#include "engine/report/display_width.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/race.h"
#include "engine/train/early_stopping.h"

namespace gpu_sweep {

namespace {

/// The optimizer scalars of the program's first version. Every runs.csv has a column for each.
constexpr std::array kFirstScalars = {"learning_rate", "beta1", "beta2", "epsilon", "momentum", "rho"};

/// Returns kFirstScalars, followed by the other scalars that the optimizer of some model uses. A scalar that
/// a later version added is included only if some model sets it to a value other than the default.
std::vector<std::string> scalar_columns(const std::vector<ModelSpec>& models) {
  std::vector<std::string> columns(kFirstScalars.begin(), kFirstScalars.end());
  for (const ModelSpec& model : models) {
    for (const OptimizerScalar& scalar : optimizer_scalars(model.optimizer.kind)) {
      if (scalar.is_unsaid(model.optimizer)) continue;
      if (std::ranges::find(columns, scalar.key) == columns.end()) columns.emplace_back(scalar.key);
    }
  }
  return columns;
}

/// Formats a name as a CSV cell. Escapes control characters, puts "'" before text that a spreadsheet would
/// take for a formula (https://owasp.org/www-community/attacks/CSV_Injection), and quotes the cell where
/// RFC 4180 requires it.
std::string text(const std::string& name) {
  std::string value = printable(name);
  if (value.find_first_of("=+-@") == 0) value.insert(0, "'");
  if (value.find_first_of(",\"") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_number(double value) { return std::isnan(value) ? "nan" : number_text(value); }

std::string scalar(const OptimizerSpec& optimizer, std::string_view key) {
  for (const OptimizerScalar& candidate : optimizer_scalars(optimizer.kind)) {
    if (candidate.key == key) return csv_number(optimizer.*candidate.value);
  }
  return "";
}

template <class T>
std::string setting_cell(const T& value) {
  return setting_text(value);
}

/// Returns "256-128", or "" for logistic regression.
std::string setting_cell(const std::vector<int>& hidden) {
  return hidden.empty() ? "" : setting_text(hidden);
}

struct Column {
  std::string name;
  std::function<std::string(const RunRecord&, const ModelSpec&)> cell;
};

template <class T, class Range>
void add_columns(std::vector<Column>& columns, const std::vector<ModelSpec>& models,
                 const ModelKey<T, Range>& key) {
  // A key that a later version added has a column only if some model sets it, so that the tables
  // of other studies stay as they were.
  const bool unsaid = std::ranges::all_of(models, [&key](const ModelSpec& m) { return key.is_unsaid(m); });
  if (unsaid && key.age == KeyAge::kAddedLater) return;
  columns.push_back(
      {key.name, [key](const RunRecord&, const ModelSpec& model) { return setting_cell(model.*key.value); }});
}

template <class Range>
void add_columns(std::vector<Column>& columns, const std::vector<ModelSpec>& models,
                 const ModelKey<OptimizerSpec, Range>& key) {
  columns.push_back(
      {key.name, [](const RunRecord&, const ModelSpec& model) { return to_string(model.optimizer.kind); }});
  for (const std::string& name : scalar_columns(models)) {
    columns.push_back(
        {name, [name](const RunRecord&, const ModelSpec& model) { return scalar(model.optimizer, name); }});
  }
}

void add_metrics(std::vector<Column>& columns, Split split) {
  for (const auto& metric : kSplitMetrics) {
    columns.push_back(
        {column_name(split, metric), [split, value = metric.value](const RunRecord& run, const ModelSpec&) {
           return csv_number(run[split].*value);
         }});
  }
}

/// Adds the columns of a run's results, followed by its key.
void add_result_columns(std::vector<Column>& columns) {
  for (const Split split : kBasicSplits) add_metrics(columns, split);
  columns.push_back({"diverged_epoch", [](const RunRecord& run, const ModelSpec&) {
                       return run.diverged_epoch ? std::to_string(*run.diverged_epoch) : "";
                     }});
  columns.push_back({"key", [](const RunRecord& run, const ModelSpec&) { return text(run.key); }});
}

void add_stopping_columns(std::vector<Column>& columns, const std::vector<ModelSpec>& models) {
  const auto stops = [](const ModelSpec& model) { return model.early_stopping.monitor != Monitor::kNone; };
  if (std::ranges::none_of(models, stops)) return;
  columns.push_back({"epochs_trained", [](const RunRecord& run, const ModelSpec&) {
                       return std::to_string(run.history.size() - 1);
                     }});
  columns.push_back({"final_epoch", [](const RunRecord& run, const ModelSpec& model) {
                       return std::to_string(final_epoch(model.early_stopping, run.history, run.objective));
                     }});
}

/// Unless the number of runs was fixed beforehand, adds the column that tells `gpu_sweep judge` to allow for
/// looks at the results before all runs had finished.
void add_stopping_rule(std::vector<Column>& columns, const AnalysisSettings& settings) {
  if (!settings.until_decided && settings.looks.empty()) return;
  columns.push_back({"stopping_rule", [bought = settings.until_decided](const RunRecord&, const ModelSpec&) {
                       return std::string(bought ? "until_decided" : "extended");
                     }});
}

/// If rows other than the validation rows judge the models, adds the column that tells `gpu_sweep judge` so,
/// and the metrics of the judging rows if the study has such rows.
void add_judging_rows(std::vector<Column>& columns, const StoredExperiment& stored) {
  const Metric judged = judged_metric(stored);
  if (judged == kValidationAccuracy) return;
  const bool own = judged == kJudgingAccuracy;
  if (own) add_metrics(columns, Split::kJudging);
  columns.push_back({"judged_on", [own](const RunRecord&, const ModelSpec&) {
                       return std::string(own ? "judge" : "test");
                     }});
}

/// If the study is a race, adds the column by which `gpu_sweep judge` knows which models left it.
void add_leavers(std::vector<Column>& columns, const Experiment& experiment,
                 const std::vector<RunRecord>& runs) {
  if (!experiment.analysis.race) return;
  std::map<std::string, int> left;
  for (const Leaver& each : race_of(experiment, runs).left) {
    left[experiment.models[each.model].name] = each.seeds;
  }
  columns.push_back({"left_race_after", [left = std::move(left)](const RunRecord& run, const ModelSpec&) {
                       const auto found = left.find(run.model);
                       return found == left.end() ? "" : std::to_string(found->second);
                     }});
}

/// If every seed has its own validation rows, adds the column that tells `gpu_sweep judge` so.
void add_split_policy(std::vector<Column>& columns, SplitPolicy policy) {
  if (policy == SplitPolicy::kShared) return;
  columns.push_back({"validation_split", [policy](const RunRecord&, const ModelSpec&) {
                       return std::string(to_string(policy));
                     }});
}

std::vector<Column> run_columns(const StoredExperiment& stored, const std::vector<RunRecord>& runs) {
  const Experiment& experiment = stored.experiment;
  const std::vector<ModelSpec>& models = experiment.models;
  std::vector<Column> columns = {
      {"model", [](const RunRecord& run, const ModelSpec&) { return text(run.model); }},
      {"seed", [](const RunRecord& run, const ModelSpec&) { return std::to_string(run.seed); }}};
  for_each_model_key([&](const auto& key) { add_columns(columns, models, key); });
  add_result_columns(columns);
  add_stopping_columns(columns, models);
  add_stopping_rule(columns, experiment.analysis);
  add_judging_rows(columns, stored);
  add_leavers(columns, experiment, runs);
  add_split_policy(columns, stored.provenance.data_settings.split);
  return columns;
}

}  // namespace

std::string first_cells(const RunRecord& run) {
  return text(run.model) + ',' + std::to_string(run.seed) + ',';
}

std::string runs_csv(const StoredExperiment& stored, const std::vector<RunRecord>& runs) {
  std::map<std::string, const ModelSpec*> models;
  for (const ModelSpec& model : stored.experiment.models) models[model.name] = &model;

  const std::vector<Column> columns = run_columns(stored, runs);
  std::string csv;
  for (const Column& column : columns) csv += (csv.empty() ? "" : ",") + column.name;
  csv += '\n';
  for (const RunRecord& run : runs) {
    const ModelSpec& model = *models.at(run.model);
    for (const Column& column : columns) {
      if (&column != &columns.front()) csv += ',';
      csv += column.cell(run, model);
    }
    csv += '\n';
  }
  return csv;
}

std::string history_csv(const std::vector<RunRecord>& runs) {
  std::string csv = "model,seed,epoch";
  for (const auto& metric : kEpochMetrics) csv += std::string(",") + metric.name;
  const bool with_objective =
      std::ranges::any_of(runs, [](const RunRecord& run) { return !run.objective.empty(); });
  if (with_objective) csv += std::string(",") + kObjectiveName;
  csv += '\n';
  for (const RunRecord& run : runs) {
    const std::string prefix = first_cells(run);
    for (std::size_t epoch = 0; epoch < run.history.size(); ++epoch) {
      csv += prefix + std::to_string(epoch);
      for (const auto& metric : kEpochMetrics) csv += ',' + csv_number(run.history[epoch].*metric.value);
      if (with_objective) csv += ',' + csv_number(objective_at(run.history, run.objective, epoch));
      csv += '\n';
    }
  }
  return csv;
}

}  // namespace gpu_sweep
