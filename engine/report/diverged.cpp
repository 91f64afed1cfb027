#include "engine/report/diverged.h"

#include <fmt/format.h>

#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kMostNamed = 12;  // nobody would read a longer list

template <typename Condition>
std::string names_of(const std::vector<ModelRuns>& models, Condition condition) {
  std::string text;
  std::size_t found = 0;
  for (const ModelRuns& model : models) {
    if (condition(model) && ++found <= kMostNamed) {
      text += (text.empty() ? "" : ", ") + name_with_missing(model);
    }
  }
  return found > kMostNamed ? text + fmt::format(" and {} more", found - kMostNamed) : text;
}

}  // namespace

std::string missing_runs_text(const ModelRuns& model) {
  const std::size_t diverged = static_cast<std::size_t>(model.diverged);
  const std::size_t all = model.runs.size() + diverged;
  if (all == 0) return "no run yet";
  if (diverged == 0) return "";
  if (model.runs.empty()) return all == 1 ? "its run diverged" : "all " + counted(all, "run") + " diverged";
  return fmt::format("{} of {} diverged", with_thousands(model.diverged), counted(all, "run"));
}

std::string name_with_missing(const ModelRuns& model) {
  const std::string missing = missing_runs_text(model);
  return missing.empty() ? model.model.name : model.model.name + " (" + missing + ")";
}

std::string models_without_metrics(const std::vector<ModelRuns>& models) {
  return names_of(models, [](const ModelRuns& model) { return model.runs.empty(); });
}

std::string models_with_some_diverged(const std::vector<ModelRuns>& models) {
  return names_of(models, [](const ModelRuns& model) { return !model.runs.empty() && model.diverged > 0; });
}

}  // namespace gpu_sweep
