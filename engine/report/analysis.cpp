#include "engine/report/analysis.h"

#include <algorithm>
#include <utility>

#include "engine/statistics/judged_metric.h"
#include "engine/statistics/new_images.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/verdict.h"
#include "engine/sweep/cost.h"

namespace gpu_sweep {
namespace {

std::vector<double> costs_of(const ReportAnalysis& analysis) {
  const Provenance& provenance = analysis.stored->provenance;
  std::vector<double> costs;
  for (const ModelRuns& model : analysis.models) {
    SplitRows rows{};
    for (std::size_t split = 0; split < rows.size(); ++split)
      rows[split] = images_of(model, kBasicSplits[split]);
    const MlpSpec shape =
        mlp_spec(model.model, provenance.features, analysis.classes(), provenance.precision);
    costs.push_back(run_flops(shape, rows, model.model.epochs));
  }
  return costs;
}

/// Fills in what the comparisons claim about new images. Uses only the test labels in the store, so that
/// every command makes the same claims, whether or not it finds the data.
void judge_on_new_images(ReportAnalysis& analysis) {
  const TestAnswers answers(analysis.models, analysis.stored->provenance.test_labels);
  judge_on_new_images(analysis.on_test, analysis.deciding(), answers,
                      most_looks(analysis.stored->experiment));
}

}  // namespace

std::optional<double> ReportAnalysis::limit() const {
  const std::optional<double>& points = stored->experiment.analysis.smallest_difference;
  return points ? std::optional(*points / 100) : std::nullopt;
}

int ReportAnalysis::classes() const {
  return models.empty() ? 0 : models.front().runs.front()->confusion.front().classes;
}

std::string ReportAnalysis::mark_of(std::size_t model) const {
  const std::size_t best = best_by_validation(models);
  if (model == best) return "";
  const auto with_best = std::ranges::find_if(deciding(), [&](const Comparison& each) {
    return std::minmax(each.first, each.second) == std::minmax(best, model);
  });
  if (with_best == deciding().end()) return "";
  if (with_best->same()) return "the same as the best";
  return with_best->told || !can_tell_some(deciding()) ? "" : "not told from the best";
}

std::string ReportAnalysis::differences() const {
  std::string text = difference_sentence(all_models, deciding(), stored->experiment.analysis);
  if (design.opening.empty()) return text;
  if ('A' <= text.front() && text.front() <= 'Z') text.front() = static_cast<char>(text.front() + 32);
  return design.opening + ", so: " + text;
}

std::string ReportAnalysis::choice() const { return selection ? selection_sentence(models, *selection) : ""; }

std::string ReportAnalysis::verdict() const {
  const std::string which = choice();
  return differences() + (which.empty() ? "" : " ") + which;
}

std::string ReportAnalysis::class_name(int index) const {
  const auto& names = stored->provenance.class_names;
  const auto at = static_cast<std::size_t>(index);
  return at < names.size() ? names[at] : std::to_string(index);
}

std::span<const std::uint8_t> ReportAnalysis::labels() const {
  if (!stored->provenance.test_labels.empty()) return stored->provenance.test_labels;
  if (images == nullptr) return {};
  return (*images)[Split::kTest].labels;
}

ReportAnalysis analyse(const StoredExperiment& stored, std::span<const RunRecord> runs, const Dataset* images,
                       Calibrations calibrations) {
  ReportAnalysis analysis;
  analysis.stored = &stored;
  analysis.records = runs;
  analysis.calibrations = std::move(calibrations);
  if (images != nullptr && images->sha256 == stored.provenance.data_sha256) analysis.images = images;
  analysis.all_models = runs_by_model(stored, runs);
  analysis.design = design_of(stored, runs);
  if (stored.experiment.analysis.race) {
    for (const Leaver& each : analysis.design.purchase->left) {
      analysis.all_models[each.model].left_after = each.seeds;
    }
  }
  for (const ModelRuns& model : analysis.all_models) {
    analysis.diverged += model.diverged;
    analysis.runs += model.runs.size();
    if (!model.runs.empty() && !model.left_after) analysis.models.push_back(model);
  }
  const std::optional<double> limit = analysis.limit();
  analysis.family = pairs_of(analysis.all_models.size());
  analysis.looks = looks_of(stored.experiment.analysis);
  analysis.judged = judged_metric(stored);
  if (analysis.judged == kValidationAccuracy) {
    analysis.on_validation =
        compare_models(analysis.models, kValidationAccuracy, limit, analysis.looks, analysis.family);
  }
  if (analysis.judged == kJudgingAccuracy) {
    analysis.on_judging =
        compare_models(analysis.models, kJudgingAccuracy, limit, analysis.looks, analysis.family);
  }
  analysis.on_test = compare_models(analysis.models, kTestAccuracy, limit, analysis.looks, analysis.family);
  judge_on_new_images(analysis);
  if (analysis.looks == Looks::kOnce) {
    analysis.on_failures = compare_failures(analysis.all_models);
    analysis.on_spread = compare_spreads(analysis.models, analysis.judged, analysis.family);
  }
  if (stored.experiment.analysis.race) {
    if (!analysis.design.purchase->looks.empty()) {
      analysis.selection = select_highest_mean(analysis.models, stored.experiment.analysis.max_diverged);
      if (analysis.selection) analysis.selection->judges = analysis.judged.split;
    }
    return analysis;
  }
  analysis.selection = select_model(analysis.models, analysis.deciding(), analysis.on_spread,
                                    costs_of(analysis), stored.experiment.analysis.max_diverged);
  return analysis;
}

}  // namespace gpu_sweep
