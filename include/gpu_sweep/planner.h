// Expands an experiment into runs, and combines runs of equal shape into groups.
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
  int replicas_per_group = 1;       ///< R, the largest number of runs in a group
  bool keep_probabilities = false;  ///< for GroupSpec::keep_probabilities
};

/// Returns all runs of the experiment, model by model, seeds ascending. Throws Error(kUsage) if a model's
/// batch is larger than the training split, if batch times hidden width exceeds what an operation can count,
/// or if the number of its class weights differs from the number of the data's classes.
std::vector<RunSpec> expand(const Experiment& experiment, const Dataset& dataset, const PlanOptions& options);

/// Combines `runs`, which `expand` returned, into groups of at most R runs. The runs of a group have the same
/// shape, number of epochs, shuffling and `epochs_done(key)`, which is the epoch of the run's snapshot (0 if
/// no function is given).
/// The most expensive groups come first, so that all lanes finish at about the same time.
/// Leaves out runs for which `done(key)` returns true. Of several runs with the same key it keeps only the
/// first: models that differ only in their names share their runs.
/// On CUDA, every group has R replicas, idle ones included, because the number of replicas determines the
/// algorithm of a matrix product. On the CPU, a group has as many replicas as runs.
std::vector<GroupSpec> plan_groups(std::vector<RunSpec> runs, const Dataset& dataset,
                                   const PlanOptions& options,
                                   const std::function<bool(const std::string&)>& done = {},
                                   const std::function<int(const std::string&)>& epochs_done = {});

/// Splits a group that does not fit into a device's memory into two groups with half as many replicas each
/// (rounded up). Both groups get the same number of replicas, so that their matrix products have the same
/// batch count. Returns a single group if half the replicas are enough for all runs.
std::vector<GroupSpec> halves(const GroupSpec& group);

}  // namespace gpu_sweep
