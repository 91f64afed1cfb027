#include "engine/report/export/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/experiment/hyper_parameters.h"
#include "engine/report/display_width.h"

namespace gpu_sweep {

namespace {

/// The columns of the first version, which every file has.
constexpr std::array kFirstScalars = {"learning_rate", "beta1", "beta2", "epsilon", "momentum", "rho"};

/// Those, and after them the scalars that a model of the experiment has.
std::vector<std::string> scalar_columns(const std::vector<ModelSpec>& models) {
  std::vector<std::string> columns(kFirstScalars.begin(), kFirstScalars.end());
  for (const ModelSpec& model : models) {
    for (const OptimizerScalar& scalar : optimizer_scalars(model.optimizer.kind)) {
      if (std::ranges::find(columns, scalar.key) == columns.end()) columns.emplace_back(scalar.key);
    }
  }
  return columns;
}

/// Formats a name without control characters, with "'" before what a spreadsheet would take for a formula
/// (https://owasp.org/www-community/attacks/CSV_Injection), and quoted where RFC 4180 requires it.
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

/// "256-128"; empty for logistic regression.
std::string widths(const std::vector<int>& hidden) { return fmt::format("{}", fmt::join(hidden, "-")); }

std::string scalar(const OptimizerSpec& optimizer, std::string_view key) {
  for (const OptimizerScalar& candidate : optimizer_scalars(optimizer.kind)) {
    if (candidate.key == key) return csv_number(optimizer.*candidate.value);
  }
  return "";
}

}  // namespace

std::string runs_csv(const StoredExperiment& stored, const std::vector<RunRecord>& runs) {
  std::map<std::string, const ModelSpec*> models;
  for (const ModelSpec& model : stored.experiment.models) models[model.name] = &model;

  const std::vector<std::string> scalars = scalar_columns(stored.experiment.models);
  std::string csv = fmt::format(
      "model,seed,hidden,activation,dropout,optimizer,{},batch_size,epochs,shuffle,train_loss,train_accuracy,"
      "valid_loss,valid_accuracy,test_loss,test_accuracy,diverged_epoch,key\n",
      fmt::join(scalars, ","));
  for (const RunRecord& run : runs) {
    const ModelSpec& model = *models.at(run.model);
    csv +=
        fmt::format("{},{},{},{},{},{}", text(run.model), run.seed, widths(model.hidden),
                    to_string(model.activation), csv_number(model.dropout), to_string(model.optimizer.kind));
    for (const std::string& key : scalars) csv += ',' + scalar(model.optimizer, key);
    csv += fmt::format(",{},{},{}", model.batch_size, model.epochs, model.shuffle);
    for (const SplitMetrics& metrics : run.final) {
      csv += ',' + csv_number(metrics.loss) + ',' + csv_number(metrics.accuracy);
    }
    csv += ',' + (run.diverged_epoch ? std::to_string(*run.diverged_epoch) : "") + ',' + text(run.key) + '\n';
  }
  return csv;
}

std::string history_csv(const std::vector<RunRecord>& runs) {
  std::string csv = "model,seed,epoch,loss,accuracy,val_loss,val_accuracy\n";
  for (const RunRecord& run : runs) {
    const std::string prefix = text(run.model) + ',' + std::to_string(run.seed) + ',';
    for (std::size_t epoch = 0; epoch < run.history.size(); ++epoch) {
      const EpochMetrics& point = run.history[epoch];
      csv += prefix + std::to_string(epoch) + ',' + csv_number(point.loss) + ',' +
             csv_number(point.accuracy) + ',' + csv_number(point.val_loss) + ',' +
             csv_number(point.val_accuracy) + '\n';
    }
  }
  return csv;
}

}  // namespace gpu_sweep
