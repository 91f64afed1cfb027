#include "engine/report/stopped_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/report/display_width.h"
#include "engine/statistics/runs_of_models.h"

namespace gpu_sweep {

std::string stopping_note(const ModelSpec& model, const std::vector<const RunRecord*>& runs) {
  if (model.early_stopping.monitor == Monitor::kNone || runs.empty()) return "";
  int least = std::numeric_limits<int>::max(), most = 0;
  for (const RunRecord* run : runs) {
    const int epochs = static_cast<int>(run->history.size()) - 1;
    least = std::min(least, epochs);
    most = std::max(most, epochs);
  }
  const std::string trained = least == most ? std::to_string(most) : fmt::format("{} to {}", least, most);
  const EarlyStoppingSpec& stopping = model.early_stopping;
  const bool by_validation = watches_validation(stopping.monitor);
  const char* metric = stopping.monitor == Monitor::kValidationLoss ? "lowest loss on the validation split"
                       : stopping.monitor == Monitor::kValidationAccuracy
                           ? "highest accuracy on the validation split"
                           : "lowest training objective";
  const std::string line =
      fmt::format("{}: trained {} of {} epochs", printable(model.name), trained, model.epochs);
  if (!stopping.restore_best)
    return line + fmt::format(", stopped by the {}, with the last epoch's weights",
                              by_validation ? "validation split" : "training objective");
  return line + fmt::format(", with the weights of the epoch of the {}{}", metric,
                            by_validation ? ": there its metrics are optimistic" : "");
}

std::string time_of_final_metrics(const Experiment& experiment) {
  const auto restores = [](const ModelSpec& model) {
    return model.early_stopping.monitor != Monitor::kNone && model.early_stopping.restore_best;
  };
  const auto by_validation = [&](const ModelSpec& model) {
    return restores(model) && watches_validation(model.early_stopping.monitor);
  };
  if (std::ranges::none_of(experiment.models, restores)) return "after the last epoch";
  const bool optimistic = std::ranges::any_of(experiment.models, by_validation);
  return std::string("with the weights of the best epoch where early stopping restores them, ") +
         (optimistic ? "which makes them optimistic on the validation split, " : "") +
         "and otherwise after the last epoch";
}

std::vector<std::string> stopping_notes(const Experiment& experiment, std::span<const RunRecord> runs) {
  std::vector<std::string> notes;
  const auto by_model = runs_of_models(experiment, runs);
  for (std::size_t i = 0; i < by_model.size(); ++i) {
    std::string note = stopping_note(experiment.models[i], by_model[i]);
    if (!note.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace gpu_sweep
