// Expands an experiment into runs and gathers runs of equal shape into groups.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/sweep/experiment.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

struct PlanOptions {
  Precision precision = Precision::kFp32;
  std::string device_kind = "cpu";
  int replicas_per_group = 1;       ///< nominal R
  bool keep_probabilities = false;  ///< for GroupSpec::keep_probabilities
};

/// All runs of the experiment, model by model, seeds ascending. Throws Error(kUsage) where a model's batch is
/// larger than the training set, or with a hidden width beyond what an operation counts.
std::vector<RunSpec> expand(const Experiment& experiment, const Dataset& dataset, const PlanOptions& options);

/// Groups of at most R of `runs`, as `expand` gives them, that share shape, epochs, shuffling and
/// `epochs_done(key)` (0 without it), how far a snapshot of the run goes; the
/// costliest groups first, so that lanes finish together. Runs of one model stand together. Runs for which
/// `done(key)` holds are left out (none without `done`), and so is a run whose key another has: models that
/// differ in their names alone share their runs. Every group has R replicas, since on CUDA the count chooses
/// the product's algorithm, but for the CPU, where a short group needs no idle replicas.
std::vector<GroupSpec> plan_groups(std::vector<RunSpec> runs, const Dataset& dataset,
                                   const PlanOptions& options,
                                   const std::function<bool(const std::string&)>& done = {},
                                   const std::function<int(const std::string&)>& epochs_done = {});

/// The group in two, for a device that has no room for it, both with half its replicas (rounded up), so that
/// the products of both are of one batch count. One where its runs fit into that alone.
std::vector<GroupSpec> halves(const GroupSpec& group);

}  // namespace gpu_sweep
