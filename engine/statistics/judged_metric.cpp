#include "engine/statistics/judged_metric.h"

#include <algorithm>

#include "engine/statistics/pair_sentences.h"

namespace gpu_sweep {

bool validation_chose(const ModelSpec& model) {
  return watches_validation(model.early_stopping.monitor) || watches_validation(model.schedule.monitor);
}

Metric judged_metric(const Experiment& experiment) {
  return experiment.analysis.race || std::ranges::any_of(experiment.models, validation_chose)
             ? kTestAccuracy
             : kValidationAccuracy;
}

Metric judged_metric(std::span<const ModelRuns> models) {
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
  if (chosen.empty()) return "";
  return "The validation rows chose " + chosen + ", so the test rows, which took no part in that, judge " +
         (settings.race ? "those that remain." : "all models.");
}

}  // namespace gpu_sweep
