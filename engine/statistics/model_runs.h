// The runs of one model, as the statistics take them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/figure.h"
#include "engine/sweep/experiment.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// The records are not copied and must outlive this.
struct ModelRuns {
  ModelSpec model;
  std::vector<const RunRecord*> runs;  ///< finished and finite, seeds ascending
  int diverged = 0;                    ///< runs whose loss was not finite: left out
};

/// The models of the experiment in its order, those without runs included. Runs of other models are ignored.
std::vector<ModelRuns> runs_by_model(const Experiment& experiment, const std::vector<RunRecord>& runs);

/// The figure of every run, in the order of `runs`.
std::vector<double> values_of(const ModelRuns& model, const Figure& figure);

/// Mean over the runs; NaN without any.
double mean_of(const ModelRuns& model, const Figure& figure);

/// The place of the model with the highest mean validation accuracy, of equals the first; models.size() where
/// none has runs.
std::size_t best_by_validation(std::span<const ModelRuns> models);

/// The runs of two models that have equal seeds, seeds ascending.
struct PairedRuns {
  std::vector<const RunRecord*> a;  ///< [n]
  std::vector<const RunRecord*> b;  ///< [n]
};
PairedRuns pair_on_seeds(const ModelRuns& a, const ModelRuns& b);

}  // namespace gpu_sweep
