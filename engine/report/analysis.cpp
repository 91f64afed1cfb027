#include "engine/report/analysis.h"

#include <algorithm>

#include "engine/statistics/sampling_error.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep {
namespace {

std::vector<double> costs_of(const ReportAnalysis& analysis) {
  const Provenance& provenance = analysis.stored->provenance;
  std::vector<double> costs;
  for (const ModelRuns& model : analysis.models) {
    SplitRows rows{};
    for (std::size_t split = 0; split < rows.size(); ++split)
      rows[split] = images_of(model, kAllSplits[split]);
    const MlpSpec shape =
        mlp_spec(model.model, provenance.features, analysis.classes(), provenance.precision);
    costs.push_back(run_flops(shape, rows, model.model.epochs));
  }
  return costs;
}

}  // namespace

int ReportAnalysis::classes() const {
  return models.empty() ? 0 : models.front().runs.front()->confusion.front().classes;
}

bool ReportAnalysis::not_told_from_best(std::size_t model) const {
  const std::size_t best = best_by_validation(models);
  if (model == best || !can_tell_some(on_validation)) return false;
  return std::ranges::any_of(on_validation, [&](const Comparison& each) {
    const bool pair = (each.a == models[best].model.name && each.b == models[model].model.name) ||
                      (each.b == models[best].model.name && each.a == models[model].model.name);
    return pair && !each.told;
  });
}

std::string ReportAnalysis::class_name(int index) const {
  const auto& names = stored->provenance.class_names;
  const auto at = static_cast<std::size_t>(index);
  return at < names.size() ? names[at] : std::to_string(index);
}

std::span<const std::uint8_t> ReportAnalysis::labels() const {
  if (images == nullptr) return {};
  return (*images)[Split::kTest].labels;
}

ReportAnalysis analyse(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                       const Dataset* images) {
  ReportAnalysis analysis;
  analysis.stored = &stored;
  if (images != nullptr && images->sha256 == stored.provenance.data_sha256) analysis.images = images;
  analysis.all_models = runs_by_model(stored.experiment, runs);
  for (const ModelRuns& model : analysis.all_models) {
    analysis.diverged += model.diverged;
    analysis.runs += model.runs.size();
    if (!model.runs.empty()) analysis.models.push_back(model);
  }
  analysis.on_validation = compare_models(analysis.models, kValidationAccuracy);
  analysis.on_test = compare_models(analysis.models, kTestAccuracy);
  analysis.on_failures = compare_failures(analysis.all_models);
  analysis.selection = select_model(analysis.models, analysis.on_validation, costs_of(analysis));
  return analysis;
}

}  // namespace gpu_sweep
