#include "engine/statistics/model_runs.h"

#include <algorithm>

#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/sampling_error.h"

namespace gpu_sweep {
namespace {

bool by_seed(const RunRecord* a, const RunRecord* b) { return a->seed < b->seed; }

}  // namespace

std::vector<ModelRuns> runs_by_model(const Experiment& experiment, std::span<const RunRecord> runs) {
  const auto all = runs_of_models(experiment, runs);
  std::vector<ModelRuns> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ModelRuns& each = result.emplace_back();
    each.model = experiment.models[i];
    each.runs = finite_runs(all[i]);
    each.diverged = static_cast<int>(all[i].size() - each.runs.size());
    std::sort(each.runs.begin(), each.runs.end(), by_seed);
    for (const RunRecord* run : all[i]) {
      if (!is_finite(*run)) each.diverged_seeds.push_back(run->seed);
    }
    std::sort(each.diverged_seeds.begin(), each.diverged_seeds.end());
  }
  return result;
}

std::vector<ModelRuns> runs_by_model(const StoredExperiment& stored, std::span<const RunRecord> runs) {
  std::vector<ModelRuns> models = runs_by_model(stored.experiment, runs);
  if (stored.provenance.data_settings.split == SplitPolicy::kShared) return models;
  for (ModelRuns& model : models) {
    if (model.runs.empty()) continue;
    model.own_splits.validation_to_train =
        static_cast<double>(images_of(model, Split::kValidation)) / images_of(model, Split::kTrain);
    model.own_splits.looks = 1 + static_cast<int>(stored.experiment.analysis.looks.size());
  }
  return models;
}

Description describe(const ModelRuns& model, const Metric& metric) {
  const std::vector<double> values = values_of(model, metric);
  Description found = describe(values);
  if (const double ratio = model.test_to_train(metric); ratio > 0 && values.size() >= 2) {
    const Estimate estimate = resampled_estimate(values, ratio);
    found.standard_error = estimate.standard_error;
    found.t_interval = estimate.interval();
  }
  return found;
}

std::vector<double> values_of(const ModelRuns& model, const Metric& metric) {
  std::vector<double> values;
  values.reserve(model.runs.size());
  for (const RunRecord* run : model.runs) values.push_back(value_of(*run, metric));
  return values;
}

double mean_of(const ModelRuns& model, const Metric& metric) {
  return moments(values_of(model, metric)).mean;
}

std::size_t best_by_validation(std::span<const ModelRuns> models) {
  std::size_t best = models.size();
  double greatest = -1;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].runs.empty()) continue;
    const double mean = mean_of(models[i], kValidationAccuracy);
    if (best == models.size() || mean > greatest) {
      greatest = mean;
      best = i;
    }
  }
  return best;
}

PairedRuns pair_on_seeds(const ModelRuns& a, const ModelRuns& b) {
  PairedRuns pairs;
  auto other = b.runs.begin();
  for (const RunRecord* run : a.runs) {
    other = std::lower_bound(other, b.runs.end(), run, by_seed);
    if (other == b.runs.end()) break;
    if ((*other)->seed != run->seed) continue;
    pairs.a.push_back(run);
    pairs.b.push_back(*other);
  }
  return pairs;
}

std::vector<double> differences_of(const ModelRuns& a, const ModelRuns& b, const Metric& metric) {
  const PairedRuns pairs = pair_on_seeds(a, b);
  std::vector<double> differences;
  differences.reserve(pairs.a.size());
  for (std::size_t i = 0; i < pairs.a.size(); ++i) {
    differences.push_back(value_of(*pairs.a[i], metric) - value_of(*pairs.b[i], metric));
  }
  return differences;
}

}  // namespace gpu_sweep
