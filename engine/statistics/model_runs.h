// The runs of one model, as the statistics use them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/metric.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// The records are not copied and must outlive this object.
struct ModelRuns {
  ModelSpec model;
  std::vector<const RunRecord*> runs;              ///< finished and finite, seeds ascending
  int diverged = 0;                                ///< runs whose loss was not finite: left out
  std::vector<std::uint64_t> diverged_seeds = {};  ///< [diverged], ascending
};

/// Returns the models of the experiment in its order, including those without runs. Runs of other models are
/// ignored.
std::vector<ModelRuns> runs_by_model(const Experiment& experiment, std::span<const RunRecord> runs);

/// Returns the metric of each run, in the order of `runs`.
std::vector<double> values_of(const ModelRuns& model, const Metric& metric);

/// Returns the mean over the runs, or NaN without runs.
double mean_of(const ModelRuns& model, const Metric& metric);

/// Returns the index of the model with the highest mean validation accuracy: on ties the first of them,
/// without validation rows the first model with runs. Returns models.size() if no model has runs.
std::size_t best_by_validation(std::span<const ModelRuns> models);

/// The runs of two models whose seeds match, seeds ascending.
struct PairedRuns {
  std::vector<const RunRecord*> a;  ///< [n]
  std::vector<const RunRecord*> b;  ///< [n]
};
PairedRuns pair_on_seeds(const ModelRuns& a, const ModelRuns& b);

}  // namespace gpu_sweep
