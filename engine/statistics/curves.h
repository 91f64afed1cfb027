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
  double std_n = 0;
  double low = 0;   ///< 5 % of the runs lie below
  double high = 0;  ///< 5 % of the runs lie above
};

/// A column of EpochFigures with the name that it has in histories.
struct HistoryColumn {
  const char* name;
  double EpochFigures::*value;
};
inline constexpr std::array kHistoryColumns = {
    HistoryColumn{"loss", &EpochFigures::loss},
    HistoryColumn{"accuracy", &EpochFigures::accuracy},
    HistoryColumn{"val_loss", &EpochFigures::val_loss},
    HistoryColumn{"val_accuracy", &EpochFigures::val_accuracy},
};

/// Points 0 .. epochs of the shortest history; empty where there are no runs.
std::vector<CurvePoint> curve(const ModelRuns& model, const HistoryColumn& column);

/// At most `most` of the points, at least four, in their order, to draw a line that looks the same: the
/// first, the last, and of each of equally long stretches between them those of least and greatest mean. All
/// of them where there are no more.
std::vector<CurvePoint> thinned(const std::vector<CurvePoint>& points, std::size_t most);

}  // namespace gpu_sweep
