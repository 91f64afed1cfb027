#include "gpu_sweep/planner.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "engine/sweep/cost.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_key.h"
#include "kernels/activation/dropout_math.h"

namespace gpu_sweep {
namespace {

/// Throws Error(kUsage) for a model whose batch size times hidden width exceeds kMostDropoutElements.
void check_widths(const Experiment& experiment) {
  for (const ModelSpec& model : experiment.models) {
    for (const int width : model.hidden) {
      if (std::int64_t{model.batch_size} * width <= kMostDropoutElements) continue;
      throw Error(ExitCode::kUsage, "model '" + model.name + "': batch_size " +
                                        std::to_string(model.batch_size) + " with hidden width " +
                                        std::to_string(width) + ": expected a product below 2^31");
    }
  }
}

void check_batches(const Experiment& experiment, const Dataset& dataset) {
  const int rows = dataset[Split::kTrain].rows;
  for (const ModelSpec& model : experiment.models) {
    if (model.batch_size <= rows) continue;
    throw Error(ExitCode::kUsage, "model '" + model.name + "': batch_size: found " +
                                      std::to_string(model.batch_size) + ", expected at most " +
                                      std::to_string(rows) + ", the size of the training set");
  }
}

void check_class_weights(const Experiment& experiment, const Dataset& dataset) {
  for (const ModelSpec& model : experiment.models) {
    const std::size_t weights = model.class_weights.values.size();
    if (weights == 0 || weights == static_cast<std::size_t>(dataset.classes)) continue;
    throw Error(ExitCode::kUsage, "model '" + model.name + "': class_weights: found " +
                                      std::to_string(weights) + " weights, expected " +
                                      std::to_string(dataset.classes) + ", one per class of the data");
  }
}

/// Returns the properties that all runs of a group must share.
auto common(const GroupSpec& group) {
  return std::tuple(group.shape, group.epochs, group.shuffle, group.epochs_done);
}

/// Collects the runs that could be trained together into groups of any size, in the order of the experiment.
std::vector<GroupSpec> gather(std::vector<RunSpec> runs, const Dataset& dataset, Precision precision,
                              const std::function<int(const std::string&)>& epochs_done) {
  std::vector<GroupSpec> gathered;
  std::map<decltype(common(GroupSpec())), std::size_t> places;
  for (RunSpec& run : runs) {
    GroupSpec wanted = empty_group(run.model, dataset, precision);
    wanted.shape.extras.penalized = false;  // runs with and without a penalty may be trained together
    if (epochs_done) wanted.epochs_done = epochs_done(run.key);
    const auto [place, is_new] = places.try_emplace(common(wanted), gathered.size());
    if (is_new) gathered.push_back(std::move(wanted));
    gathered[place->second].runs.push_back(std::move(run));
  }
  return gathered;
}

}  // namespace

std::vector<RunSpec> expand(const Experiment& experiment, const Dataset& dataset,
                            const PlanOptions& options) {
  check_batches(experiment, dataset);
  check_widths(experiment);
  check_class_weights(experiment, dataset);
  std::vector<RunSpec> runs;
  for (const ModelSpec& model : experiment.models) {
    for (int i = 0; i < experiment.runs; ++i) {
      const std::uint64_t seed = experiment.seed + static_cast<std::uint64_t>(i);
      runs.push_back({model, seed, run_key(model, seed, options.precision, options.device_kind, dataset)});
    }
  }
  return runs;
}

std::vector<GroupSpec> plan_groups(std::vector<RunSpec> runs, const Dataset& dataset,
                                   const PlanOptions& options,
                                   const std::function<bool(const std::string&)>& done,
                                   const std::function<int(const std::string&)>& epochs_done) {
  // Models that differ only in their names share their runs.
  std::set<std::string> seen;
  std::erase_if(runs,
                [&](const RunSpec& run) { return (done && done(run.key)) || !seen.insert(run.key).second; });

  const auto most = static_cast<std::size_t>(options.replicas_per_group);
  std::vector<GroupSpec> groups;
  for (const GroupSpec& all : gather(std::move(runs), dataset, options.precision, epochs_done)) {
    for (std::size_t first = 0; first < all.runs.size(); first += most) {
      const std::size_t count = std::min(most, all.runs.size() - first);
      GroupSpec group{all.shape,
                      all.epochs,
                      all.shuffle,
                      options.replicas_per_group,
                      {},
                      all.epochs_done,
                      options.keep_probabilities};
      if (options.device_kind == "cpu") group.replicas = static_cast<int>(count);
      const auto from = all.runs.begin() + static_cast<std::ptrdiff_t>(first);
      set_runs(group, {from, from + static_cast<std::ptrdiff_t>(count)});
      groups.push_back(std::move(group));
    }
  }
  const SplitRows rows = rows_of_splits(dataset);
  std::ranges::stable_sort(groups, [&](const GroupSpec& a, const GroupSpec& b) {
    return group_flops(a, rows) > group_flops(b, rows);
  });
  return groups;
}

std::vector<GroupSpec> halves(const GroupSpec& group) {
  std::vector<GroupSpec> parts;
  const auto most = static_cast<std::size_t>((group.replicas + 1) / 2);
  for (std::size_t first = 0; first < group.runs.size(); first += most) {
    GroupSpec& part = parts.emplace_back(group);
    part.replicas = static_cast<int>(most);
    const auto from = group.runs.begin() + static_cast<std::ptrdiff_t>(first);
    set_runs(part, {from, from + static_cast<std::ptrdiff_t>(std::min(most, group.runs.size() - first))});
  }
  return parts;
}

}  // namespace gpu_sweep
