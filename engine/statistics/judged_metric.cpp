#include "engine/statistics/judged_metric.h"

#include <algorithm>

#include "engine/statistics/pair_sentences.h"

namespace gpu_sweep {

namespace {

bool have_judging_rows(std::span<const ModelRuns> models) {
  bool any = false;
  for (const ModelRuns& each : models) {
    if (each.runs.empty()) continue;
    if (!each.runs.front()->has_rows(Split::kJudging)) return false;
    any = true;
  }
  return any;
}

}  // namespace

bool validation_chose(const ModelSpec& model) {
  return watches_validation(model.early_stopping.monitor) || watches_validation(model.schedule.monitor);
}

Metric judged_metric(const StoredExperiment& stored) {
  return stored.provenance.data_settings.judge ? kJudgingAccuracy : judged_metric(stored.experiment);
}

Metric judged_metric(const Experiment& experiment) {
  if (experiment.data.judge) return kJudgingAccuracy;
  return experiment.analysis.race || std::ranges::any_of(experiment.models, validation_chose)
             ? kTestAccuracy
             : kValidationAccuracy;
}

Metric judged_metric(std::span<const ModelRuns> models) {
  if (have_judging_rows(models)) return kJudgingAccuracy;
  const bool chose =
      std::ranges::any_of(models, [](const ModelRuns& each) { return validation_chose(each.model); });
  return chose ? kTestAccuracy : kValidationAccuracy;
}

std::string judging_rows_sentence(std::span<const ModelRuns> models, const AnalysisSettings& settings) {
  std::vector<std::string> names;
  bool epochs = false;
  bool rates = false;
  for (const ModelRuns& each : models) {
    if (!validation_chose(each.model)) continue;
    names.push_back(each.model.name);
    epochs = epochs || watches_validation(each.model.early_stopping.monitor);
    rates = rates || watches_validation(each.model.schedule.monitor);
  }
  std::string chosen;
  if (!names.empty()) {
    chosen = std::string("the ") +
             (!rates    ? "epochs"
              : !epochs ? "learning rates"
                        : "epochs or learning rates") +
             " of " + quoted_list(names);
  }
  if (settings.race) chosen += (chosen.empty() ? "" : " and ") + std::string("who remains in the race");
  const char* whom = settings.race ? "those that remain." : "all models.";
  if (have_judging_rows(models)) {
    return (chosen.empty() ? "" : "The validation rows chose " + chosen + ". ") +
           std::string(
               "Rows of the training file that took part neither in training nor in validation judge ") +
           whom;
  }
  if (chosen.empty()) return "";
  return "The validation rows chose " + chosen + ", so the test rows, which took no part in that, judge " +
         whom;
}

}  // namespace gpu_sweep
