// The main table of a study as numbers: mean and standard deviation over the runs of each model.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

struct MeanStd {
  double mean = 0;
  double std = 0;  ///< divides by n, as numpy does
};

/// Returns mean and standard deviation of `values`; both are NaN if there are none.
MeanStd mean_std(std::span<const double> values);

struct ModelSummary {
  std::string name;
  std::vector<int> hidden;
  int runs = 0;                   ///< finished and finite
  int diverged = 0;               ///< left out of the means
  bool has_judging_rows = false;  ///< whether any of its runs has
  BySplit<MeanStd> loss;          ///< NaN for a split without rows, and for all splits without finite runs
  BySplit<MeanStd> accuracy;      ///< NaN where `loss` is
};

/// Returns one entry per model of the experiment, in its order, including models without runs.
std::vector<ModelSummary> summarise(const Experiment& experiment, std::span<const RunRecord> runs);

}  // namespace gpu_sweep
