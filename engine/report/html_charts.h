// A chart in the page: its data, its words for those who do not see it, and its caption.
#pragma once

#include <string>

#include "engine/report/html_analysis.h"
#include "engine/statistics/curves.h"

namespace gpu_sweep {

struct Chart {
  std::string spec;         ///< engine/report/specs/SPEC.vg.json
  std::string alternative;  ///< plain text that says what the chart shows
  std::string caption;      ///< plain text, may be empty
  std::string input;        ///< script_json of {"data": {name: rows}, "signals": {name: value}}
};

/// <figure> with the chart; page/report.js draws it.
std::string html_figure(const Chart& chart);

/// Up to `most` models, those with the highest mean validation accuracy, in their own order.
std::vector<const ModelRuns*> best_models(const ReportAnalysis& analysis, std::size_t most);

/// Models that charts of all models can show; beyond it those with the highest mean validation accuracy.
constexpr std::size_t kMostModelsDrawn = 12;
std::vector<const ModelRuns*> models_drawn(const ReportAnalysis& analysis);

/// A coloured line and the name of each model: the key to the curves.
std::string html_legend(const std::vector<const ModelRuns*>& models);

/// Points that a curve's pixels can show; the page holds no more of each.
constexpr std::size_t kMostPointsDrawn = 400;

Chart curves_chart(const std::vector<const ModelRuns*>& models, const HistoryColumn& column);
Chart distributions_chart(const std::vector<const ModelRuns*>& models, const Figure& figure);
Chart differences_chart(const std::vector<Comparison>& comparisons, const std::string& figure);
Chart confusion_chart(const ReportAnalysis& analysis, const ModelRuns& model, Set set);

}  // namespace gpu_sweep
