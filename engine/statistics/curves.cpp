#include "engine/statistics/curves.h"

#include <algorithm>
#include <cmath>

#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/quantile.h"

namespace gpu_sweep {

namespace {

/// `value(run, epoch)` is what the curve shows.
template <class Value>
std::vector<CurvePoint> curve_of(const ModelRuns& model, const Value& value) {
  if (model.runs.empty()) return {};
  std::size_t points = model.runs.front()->history.size();
  for (const RunRecord* run : model.runs) points = std::min(points, run->history.size());

  const auto n = static_cast<double>(model.runs.size());
  std::vector<CurvePoint> result;
  std::vector<double> values(model.runs.size());
  for (std::size_t epoch = 0; epoch < points; ++epoch) {
    CurvePoint point;
    point.epoch = static_cast<int>(epoch);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = value(*model.runs[i], epoch);
    }
    const Moments sums = moments(values);
    point.mean = sums.mean;
    point.std_n = std::sqrt(sums.squares / n);
    std::sort(values.begin(), values.end());
    point.low = quantile_of_sorted(values, 0.05);
    point.high = quantile_of_sorted(values, 0.95);
    result.push_back(point);
  }
  return result;
}

}  // namespace

std::vector<CurvePoint> curve(const ModelRuns& model, const MetricColumn<EpochMetrics>& column) {
  return curve_of(model,
                  [&](const RunRecord& run, std::size_t epoch) { return run.history[epoch].*column.value; });
}

std::vector<CurvePoint> objective_curve(const ModelRuns& model) {
  std::vector<CurvePoint> points = curve_of(model, [](const RunRecord& run, std::size_t epoch) {
    return objective_at(run.history, run.objective, epoch);
  });
  std::erase_if(points, [](const CurvePoint& point) { return std::isnan(point.mean); });
  return points;
}

std::vector<CurvePoint> thinned(const std::vector<CurvePoint>& points, std::size_t most) {
  if (points.size() <= most) return points;
  const std::size_t stretches = (most - 2) / 2;
  const std::size_t inner = points.size() - 2;
  const auto by_mean = [](const CurvePoint& a, const CurvePoint& b) { return a.mean < b.mean; };
  std::vector<CurvePoint> kept = {points.front()};
  for (std::size_t i = 0; i < stretches; ++i) {
    const auto begin = points.begin() + 1 + static_cast<std::ptrdiff_t>(i * inner / stretches);
    const auto end = points.begin() + 1 + static_cast<std::ptrdiff_t>((i + 1) * inner / stretches);
    const auto [least, greatest] = std::minmax_element(begin, end, by_mean);
    kept.push_back(*std::min(least, greatest));
    if (least != greatest) kept.push_back(*std::max(least, greatest));
  }
  kept.push_back(points.back());
  return kept;
}

}  // namespace gpu_sweep
