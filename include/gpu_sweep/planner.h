// Expands an experiment into runs, and gathers runs of equal shape into groups.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

struct PlanOptions {
  Precision precision = Precision::kFp32;
  std::string device_kind = "cpu";
  int replicas_per_group = 1;       ///< nominal R
  bool keep_probabilities = false;  ///< for GroupSpec::keep_probabilities
};

/// Returns all runs of the experiment, model by model, seeds ascending. Throws Error(kUsage) if a model's
/// batch is larger than the training split, if batch times hidden width exceeds what an operation can count,
/// or if the number of its class weights differs from the number of the data's classes.
std::vector<RunSpec> expand(const Experiment& experiment, const Dataset& dataset, const PlanOptions& options);

/// Gathers `runs`, from `expand`, into groups of at most R that share shape, epochs, shuffling and
/// `epochs_done(key)`, the epochs of the run's snapshot (0 without the function). The costliest groups come
/// first, so that lanes finish together. Runs of one model stay adjacent. Leaves out runs for which
/// `done(key)` holds. Of runs with equal keys it keeps only the first: models that differ only in their names
/// share their runs. On CUDA, every group has R replicas, because their number determines the algorithm of a
/// product. On the CPU, a short group has no idle replicas.
std::vector<GroupSpec> plan_groups(std::vector<RunSpec> runs, const Dataset& dataset,
                                   const PlanOptions& options,
                                   const std::function<bool(const std::string&)>& done = {},
                                   const std::function<int(const std::string&)>& epochs_done = {});

/// Splits a group that does not fit on a device into two with half its replicas each (rounded up), so that
/// the products of both have the same batch count. Returns a single group if half the replicas hold all runs.
std::vector<GroupSpec> halves(const GroupSpec& group);

}  // namespace gpu_sweep
