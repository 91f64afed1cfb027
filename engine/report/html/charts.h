// A chart in the page: its data, its text alternative, and its caption.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/report/analysis.h"
#include "engine/statistics/curves.h"

namespace gpu_sweep {

struct Chart {
  std::string spec;         ///< such as "curves" for engine/report/html/specs/curves.vg.json
  std::string alternative;  ///< plain text that says what the chart shows
  std::string caption;      ///< plain text, may be empty
  std::string input;        ///< script_json of {"data": {name: rows}, "signals": {name: value}}
};

/// Returns a <figure> for the chart, which page/report.js draws.
std::string html_figure(const Chart& chart);

/// Returns up to `most` models with the highest mean validation accuracy, in their original order.
std::vector<const ModelRuns*> best_models(const ReportAnalysis& analysis, std::size_t most);

/// The most models in a chart that tells them apart by color. If there are more, models_drawn returns those
/// with the highest mean validation accuracy.
constexpr std::size_t kMostModelsDrawn = 12;
std::vector<const ModelRuns*> models_drawn(const ReportAnalysis& analysis);

/// The most models in a chart that has one row per model. Such a chart needs no colors to tell models apart.
constexpr std::size_t kMostRowsDrawn = 24;

/// Returns a legend with a colored line and the name of each model.
std::string html_legend(const std::vector<const ModelRuns*>& models);

/// The most points per curve that the page contains. More would not show at the width of a chart.
constexpr std::size_t kMostPointsDrawn = 400;

Chart curves_chart(const std::vector<const ModelRuns*>& models, const MetricColumn<EpochMetrics>& column);
/// The curves of the training objective, which is the loss for models that have no other objective.
Chart objective_chart(const std::vector<const ModelRuns*>& models);
/// Returns the range that covers, in all of these metrics, the values of all runs and the intervals of the
/// means.
Interval distributions_axis(const std::vector<const ModelRuns*>& models, std::span<const Metric> metrics);
Chart distributions_chart(const std::vector<const ModelRuns*>& models, const Metric& metric,
                          const Interval& axis);
/// `limit` is the smallest difference that matters, drawn on either side of zero.
Chart differences_chart(const std::vector<Comparison>& comparisons, const std::string& metric,
                        const Interval& axis, std::optional<double> limit);
Chart confusion_chart(const ReportAnalysis& analysis, const ModelRuns& model, Split split);

}  // namespace gpu_sweep
