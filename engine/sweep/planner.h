// Expands an experiment into runs and gathers runs of equal shape into groups.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/sweep/run_plan.h"

namespace gpu_sweep {

struct PlanOptions {
  Precision precision = Precision::kFp32;
  std::string device_kind = "cpu";
  int replicas_per_group = 1;  ///< nominal R
};

/// All runs of the experiment, model by model, seeds ascending.
std::vector<RunSpec> expand(const Experiment& experiment, const Dataset& dataset, const PlanOptions& options);

/// Groups of at most R runs that share shape, epochs and shuffling; the costliest groups first, so that lanes
/// finish together. Runs for which `done(key)` holds are left out.
std::vector<GroupSpec> plan_groups(const Experiment& experiment, const Dataset& dataset,
                                   const PlanOptions& options,
                                   const std::function<bool(const std::string&)>& done);

/// Floating-point operations of one run: multiply-adds count 2; forward, dW of every layer, dX of all but the
/// first, and the evaluations (SPEC section 5).
double training_flops(const MlpSpec& shape, int train_rows, int epochs);
double evaluation_flops(const MlpSpec& shape, int rows);

}  // namespace gpu_sweep
