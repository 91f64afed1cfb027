// The learning curves of a model: mean and band over its runs.
#pragma once

#include <string>
#include <vector>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// One point of a curve over the runs.
struct CurvePoint {
  int epoch = 0;
  double mean = 0;
  double std_n = 0;  ///< standard deviation over the runs, with divisor n
  double low = 0;    ///< 5 % quantile over the runs
  double high = 0;   ///< 95 % quantile over the runs
};

/// Returns the curve of a metric from epoch 0 to the last epoch of the shortest history; empty if there are
/// no runs.
std::vector<CurvePoint> curve(const ModelRuns& model, const MetricColumn<EpochMetrics>& column);

/// Returns the curve of the training objective (RunRecord::objective), without epochs at which the objective
/// of some run is unknown.
std::vector<CurvePoint> objective_curve(const ModelRuns& model);

/// Returns at most `most` of the points, in order, such that the line drawn through them looks almost the
/// same. Keeps the first and the last point, divides the others into stretches of equal length, and keeps the
/// points with the smallest and the largest mean of each. Returns all points if there are no more than
/// `most`, which must be at least 4.
std::vector<CurvePoint> thinned(const std::vector<CurvePoint>& points, std::size_t most);

}  // namespace gpu_sweep
