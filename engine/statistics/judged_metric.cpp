#include "engine/statistics/judged_metric.h"

#include <algorithm>

#include "engine/statistics/pair_sentences.h"

namespace gpu_sweep {

bool validation_chose(const ModelSpec& model) {
  return model.early_stopping.monitor != Monitor::kNone || has_monitor(model.schedule.kind);
}

Metric judged_metric(const Experiment& experiment) {
  return std::ranges::any_of(experiment.models, validation_chose) ? kTestAccuracy : kValidationAccuracy;
}

Metric judged_metric(std::span<const ModelRuns> models) {
  const bool chose =
      std::ranges::any_of(models, [](const ModelRuns& each) { return validation_chose(each.model); });
  return chose ? kTestAccuracy : kValidationAccuracy;
}

std::string judging_rows_sentence(std::span<const ModelRuns> models) {
  std::vector<std::string> names;
  bool epochs = false;
  bool rates = false;
  for (const ModelRuns& each : models) {
    if (!validation_chose(each.model)) continue;
    names.push_back(each.model.name);
    epochs = epochs || each.model.early_stopping.monitor != Monitor::kNone;
    rates = rates || has_monitor(each.model.schedule.kind);
  }
  if (names.empty()) return "";
  return std::string("The validation rows chose the ") +
         (!rates    ? "epochs"
          : !epochs ? "learning rates"
                    : "epochs or learning rates") +
         " of " + quoted_list(names) + ", so the test rows, which took no part in that, judge all models.";
}

}  // namespace gpu_sweep
