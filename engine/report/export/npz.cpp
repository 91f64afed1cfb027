#include "engine/report/export/npz.h"

#include <algorithm>
#include <limits>
#include <set>

#include "engine/experiment/hyper_parameters.h"
#include "engine/report/export/file_name.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/wording.h"
#include "engine/store/runs/probabilities.h"

namespace gpu_sweep {

namespace {

using Runs = std::vector<const RunRecord*>;

/// Returns an array [runs, shape_of_one...] of the values that `append` adds for each run. `append` must add
/// the product of `shape_of_one`.
template <class T, class Append>
NpyArray stack(const Runs& runs, std::vector<std::uint64_t> shape_of_one, Append append) {
  std::vector<T> values;
  for (const RunRecord* run : runs) append(*run, values);
  shape_of_one.insert(shape_of_one.begin(), runs.size());
  return npy_array(std::move(shape_of_one), values);
}

NpyArray seeds(const Runs& runs) {
  return stack<std::uint64_t>(runs, {},
                              [](const RunRecord& run, auto& values) { values.push_back(run.seed); });
}

NamedArrays final_metrics(const Runs& runs) {
  NamedArrays arrays;
  for (const Split split : kAllSplits) {
    const auto has_rows = [split](const RunRecord* run) { return run->has_rows(split); };
    if (split == Split::kJudging && !std::ranges::all_of(runs, has_rows)) continue;
    for (const auto& metric : kSplitMetrics) {
      arrays.emplace_back(column_name(split, metric),
                          stack<double>(runs, {}, [&](const RunRecord& run, std::vector<double>& values) {
                            values.push_back(run[split].*metric.value);
                          }));
    }
  }
  arrays.emplace_back("seed", seeds(runs));
  return arrays;
}

void add_identity(NamedArrays& arrays, const std::string& model, const Runs& runs) {
  arrays.emplace_back(model + "/seed", seeds(runs));
  arrays.emplace_back(model + "/diverged_epoch",
                      stack<std::int32_t>(runs, {}, [](const RunRecord& run, auto& values) {
                        values.push_back(run.diverged_epoch.value_or(-1));
                      }));
}

void add_history(NamedArrays& arrays, const std::string& model, const Runs& runs) {
  std::size_t points = 0;
  for (const RunRecord* run : runs) points = std::max(points, run->history.size());
  for (const auto& metric : kEpochMetrics) {
    const auto append = [&](const RunRecord& run, std::vector<double>& values) {
      for (const EpochMetrics& point : run.history) values.push_back(point.*metric.value);
      values.insert(values.end(), points - run.history.size(), std::numeric_limits<double>::quiet_NaN());
    };
    arrays.emplace_back(model + "/" + metric.name, stack<double>(runs, {points}, append));
  }
  if (std::ranges::any_of(runs, [](const RunRecord* run) { return !run->objective.empty(); })) {
    const auto append = [&](const RunRecord& run, std::vector<double>& values) {
      values.insert(values.end(), run.objective.begin(), run.objective.end());
      values.insert(values.end(), points - run.objective.size(), std::numeric_limits<double>::quiet_NaN());
    };
    arrays.emplace_back(model + "/" + kObjectiveName, stack<double>(runs, {points}, append));
  }
  add_identity(arrays, model, runs);
}

void add_confusion(NamedArrays& arrays, const std::string& model, const Runs& runs) {
  for (const Split split : kBasicSplits) {
    const auto matrix_of = [split](const RunRecord& run) -> const ConfusionMatrix& {
      return run.confusion_of(split);
    };
    const auto classes = static_cast<std::uint64_t>(matrix_of(*runs.front()).classes);
    const auto append = [&](const RunRecord& run, std::vector<std::uint32_t>& values) {
      const std::vector<std::uint32_t>& counts = matrix_of(run).counts;
      values.insert(values.end(), counts.begin(), counts.end());
    };
    arrays.emplace_back(model + '/' + to_string(split),
                        stack<std::uint32_t>(runs, {classes, classes}, append));
  }
  add_identity(arrays, model, runs);
}

void add_predictions(NamedArrays& arrays, const std::string& model, const Runs& runs) {
  const auto append = [](const RunRecord& run, std::vector<std::uint8_t>& values) {
    values.insert(values.end(), run.test_predictions.begin(), run.test_predictions.end());
  };
  arrays.emplace_back(model + "/test",
                      stack<std::uint8_t>(runs, {runs.front()->test_predictions.size()}, append));
  add_identity(arrays, model, runs);
}

/// Adds class probabilities and, once, the true classes. Adds nothing if a run keeps no probabilities or if a
/// file is damaged or cannot be read.
void add_probabilities(NamedArrays& arrays, const ModelSpec& spec, const Runs& runs,
                       const KeptWith& kept_with) {
  const std::string model = file_name(spec.name);
  std::vector<Fp16> values;
  std::vector<std::uint8_t> labels;
  std::uint64_t classes = 0;
  std::size_t whole = 0, absent = 0;
  const auto left_out = [&](const std::string& why) {
    return shown_text(spec.name) + ": its class probabilities are not exported: " + why;
  };
  for (const RunRecord* run : runs) {
    const auto [kept, damage, unread] =
        find_probabilities(kept_with.results, run->key, run->test_predictions.size());
    if (!damage.empty()) kept_with.warn(left_out(damage));
    if (!unread.empty()) kept_with.unread(left_out(unread));
    if (!kept && damage.empty() && unread.empty()) ++absent;
    if (!kept) continue;
    ++whole;
    values.insert(values.end(), kept->values.begin(), kept->values.end());
    labels = kept->labels;
    classes = static_cast<std::uint64_t>(kept->classes);
  }
  if (whole > 0 && absent > 0) {
    kept_with.warn(left_out(std::to_string(absent) + " of " + counted(runs.size(), "run") +
                            " keep none; gpu_sweep run --keep-predictions computes them"));
  }
  if (whole < runs.size()) return;
  arrays.emplace_back(model + "/probabilities", npy_array({runs.size(), labels.size(), classes}, values));
  const bool labelled =
      std::any_of(arrays.begin(), arrays.end(), [](const auto& array) { return array.first == "labels"; });
  if (!labelled) arrays.emplace_back("labels", npy_array({labels.size()}, labels));
}

/// Returns whether the depths of the models differ and are all at least 1, so that the reference study's file
/// names, which give only the depth, are unique.
bool have_depths_of_their_own(const std::vector<ModelSpec>& models) {
  std::set<std::size_t> depths;
  for (const ModelSpec& model : models) {
    if (model.hidden.empty() || !depths.insert(model.hidden.size()).second) return false;
  }
  return true;
}

}  // namespace

std::vector<std::pair<std::string, NamedArrays>> npz_archives(const StoredExperiment& stored,
                                                              const std::vector<RunRecord>& runs,
                                                              const KeptWith& kept_with) {
  const bool by_depth = have_depths_of_their_own(stored.experiment.models);
  std::vector<std::pair<std::string, NamedArrays>> archives;
  NamedArrays history, confusion, predictions;
  const std::vector<Runs> by_model = runs_of_models(stored.experiment, runs);
  for (std::size_t i = 0; i < by_model.size(); ++i) {
    const ModelSpec& model = stored.experiment.models[i];
    const Runs& all = by_model[i];
    const std::string name = file_name(model.name);
    archives.emplace_back(
        by_depth ? "layer = " + std::to_string(model.hidden.size() - 1) + ".npz" : "model = " + name + ".npz",
        final_metrics(finite_runs(all)));
    if (all.empty()) continue;
    add_history(history, name, all);
    add_confusion(confusion, name, all);
    add_predictions(predictions, name, all);
    if (!kept_with.results.empty()) add_probabilities(predictions, model, all, kept_with);
  }
  if (!history.empty()) {
    archives.emplace_back("history.npz", std::move(history));
    archives.emplace_back("confusion.npz", std::move(confusion));
    archives.emplace_back("predictions.npz", std::move(predictions));
  }
  return archives;
}

}  // namespace gpu_sweep
