#include "engine/report/html/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/report/diverged.h"
#include "engine/report/html/cells.h"
#include "engine/report/html/escape.h"
#include "engine/statistics/confusion.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;

/// Deterministic jitter in -1 .. 1 for overlapping points.
double jitter(std::uint64_t seed) {
  const double golden = 0.6180339887498949 * static_cast<double>(seed % 1'000'003);
  return 2 * (golden - std::floor(golden)) - 1;
}

}  // namespace

std::string html_figure(const Chart& chart) {
  std::string html =
      fmt::format("<figure data-spec=\"{}\">\n<div class=\"chart\" role=\"img\" aria-label=\"{}\"></div>\n",
                  chart.spec, escape_html(chart.alternative));
  if (!chart.caption.empty()) html += "<figcaption>" + escape_html(chart.caption) + "</figcaption>\n";
  return html + "<script type=\"application/json\">" + chart.input + "</script>\n</figure>\n";
}

std::vector<const ModelRuns*> best_models(const ReportAnalysis& analysis, std::size_t most) {
  std::vector<std::pair<double, std::size_t>> by_mean;  // (-mean, index): ascending is best first
  for (std::size_t i = 0; i < analysis.models.size(); ++i) {
    by_mean.emplace_back(-mean_of(analysis.models[i], kValidationAccuracy), i);
  }
  std::ranges::sort(by_mean);
  by_mean.resize(std::min(most, by_mean.size()));
  std::ranges::sort(by_mean, {}, &std::pair<double, std::size_t>::second);
  std::vector<const ModelRuns*> models;
  for (const auto& [mean, place] : by_mean) models.push_back(&analysis.models[place]);
  return models;
}

std::vector<const ModelRuns*> models_drawn(const ReportAnalysis& analysis) {
  return best_models(analysis, kMostModelsDrawn);
}

std::string html_legend(const std::vector<const ModelRuns*>& models) {
  std::string html = "<ul class=\"legend\">\n";
  for (std::size_t i = 0; i < models.size(); ++i) {
    html += fmt::format(
        "<li><svg width=\"26\" height=\"4\" aria-hidden=\"true\"><line x1=\"0\" y1=\"2\" x2=\"26\" y2=\"2\" "
        "stroke=\"var(--series-{})\" stroke-width=\"3\"{}/></svg><span>{}</span></li>\n",
        i % 8 + 1, i < 8 ? "" : " stroke-dasharray=\"6 3\"", html_model(*models[i]));
  }
  return html + "</ul>\n";
}

namespace {

template <class CurveOf>
Chart chart_of_curves(const std::vector<const ModelRuns*>& models, const char* name, bool is_loss,
                      const CurveOf& curve_of) {
  Json points = Json::array();
  int last_epoch = 1;
  std::string ends;
  const auto shown = [&](double value) { return is_loss ? fixed(value, 3) : percent(value); };
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::vector<CurvePoint> points_of_model = thinned(curve_of(*models[i]), kMostPointsDrawn);
    for (const CurvePoint& point : points_of_model) {
      points.push_back({{"model", i},
                        {"series", i},
                        {"name", models[i]->model.name},
                        {"epoch", point.epoch},
                        {"mean", point.mean},
                        {"low", point.low},
                        {"high", point.high}});
      last_epoch = std::max(last_epoch, point.epoch);
    }
    if (points_of_model.empty()) continue;
    const CurvePoint& first = points_of_model.front();
    const CurvePoint& last = points_of_model.back();
    ends += fmt::format(" {}: {} {}, {} after epoch {}.", name_with_missing(*models[i]), shown(first.mean),
                        first.epoch == 0 ? "untrained" : fmt::format("after epoch {}", first.epoch),
                        shown(last.mean), last.epoch);
  }
  Chart chart;
  chart.spec = "curves";
  chart.alternative = fmt::format("Line chart of {} over the epochs, mean of the runs.{}", name, ends);
  chart.input = script_json(
      {{"data", {{"points", std::move(points)}}},
       {"signals",
        {{"last_epoch", last_epoch}, {"models", models.size()}, {"format", is_loss ? ".2f" : ".1%"}}}});
  return chart;
}

}  // namespace

Chart curves_chart(const std::vector<const ModelRuns*>& models, const MetricColumn<EpochMetrics>& column) {
  const bool is_loss = column.value == &EpochMetrics::loss || column.value == &EpochMetrics::val_loss;
  return chart_of_curves(models, column.name, is_loss,
                         [&](const ModelRuns& model) { return curve(model, column); });
}

Chart objective_chart(const std::vector<const ModelRuns*>& models) {
  return chart_of_curves(models, kObjectiveName, true, objective_curve);
}

Interval distributions_axis(const std::vector<const ModelRuns*>& models, std::span<const Metric> metrics) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  Interval axis{kInfinite, -kInfinite};
  for (const ModelRuns* model : models) {
    for (const Metric& metric : metrics) {
      const Description found = describe(*model, metric);
      const Interval mean = found.t_interval.value_or(Interval{found.mean, found.mean});
      axis.low = std::min({axis.low, found.minimum, mean.low});
      axis.high = std::max({axis.high, found.maximum, mean.high});
    }
  }
  return axis;
}

Chart distributions_chart(const std::vector<const ModelRuns*>& models, const Metric& metric,
                          const Interval& axis) {
  Json runs = Json::array();
  Json summaries = Json::array();
  std::string rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string name = name_with_missing(*models[i]);
    for (const RunRecord* run : models[i]->runs) {
      runs.push_back({{"row", i},
                      {"name", name},
                      {"seed", std::to_string(run->seed)},
                      {"value", value_of(*run, metric)},
                      {"jitter", models[i]->runs.size() == 1 ? 0 : jitter(run->seed)}});
    }
    const Description found = describe(*models[i], metric);
    const Interval interval = found.t_interval.value_or(Interval{found.mean, found.mean});
    const std::string mean = metric.measure == Measure::kLoss ? fixed(found.mean, 4) : percent(found.mean);
    summaries.push_back({{"row", i},
                         {"name", name},
                         {"mean", found.mean},
                         {"low", interval.low},
                         {"high", interval.high},
                         {"text", mean}});
    rows += fmt::format(" {}: mean {} of {}.", name, mean, counted(static_cast<std::size_t>(found.n), "run"));
  }
  Chart chart;
  chart.spec = "distributions";
  chart.alternative = fmt::format("Dot plot of {}, one dot per run.{}", to_string(metric), rows);
  chart.input = script_json({{"data", {{"runs", std::move(runs)}, {"summaries", std::move(summaries)}}},
                             {"signals",
                              {{"rows", models.size()},
                               {"title", to_string(metric)},
                               {"least", axis.low},
                               {"greatest", axis.high},
                               {"format", metric.measure == Measure::kLoss ? ".3f" : ".1%"}}}});
  return chart;
}

Chart differences_chart(const std::vector<Comparison>& comparisons, const std::string& metric,
                        const Interval& axis, std::optional<double> limit) {
  Json pairs = Json::array();
  std::size_t told = 0;
  for (const Comparison& each : comparisons) {
    if (!std::isfinite(each.interval.low)) continue;
    told += each.told ? 1 : 0;
    const bool thin = std::isfinite(each.simultaneous.low);
    const Interval& simultaneous = thin ? each.simultaneous : each.interval;
    pairs.push_back({{"row", pairs.size()},
                     {"label", each.a + "  −  " + each.b},
                     {"mean", 100 * each.mean_difference},
                     {"low", 100 * each.interval.low},
                     {"high", 100 * each.interval.high},
                     {"thin_low", 100 * simultaneous.low},
                     {"thin_high", 100 * simultaneous.high},
                     {"told", each.told},
                     {"same", each.same()},
                     {"surety", (each.same() ? "the same, " : "") + p_value(each.p_holm)}});
  }
  Chart chart;
  chart.spec = "differences";
  chart.alternative = fmt::format(
      "Interval plot of the differences in {} between {}; {} of them differ from zero by more than seed "
      "noise. "
      "The table below has the same numbers.",
      metric, counted(pairs.size(), "pair") + " of models", told);
  const std::size_t rows = pairs.size();
  chart.input = script_json({{"data", {{"pairs", std::move(pairs)}}},
                             {"signals",
                              {{"rows", rows},
                               {"least", 100 * axis.low},
                               {"greatest", 100 * axis.high},
                               {"limit", 100 * limit.value_or(0)},
                               {"title", metric + ", percentage points"}}}});
  return chart;
}

Chart confusion_chart(const ReportAnalysis& analysis, const ModelRuns& model, Split split) {
  const ConfusionStatistics found = confusion_statistics(model, split, 3);
  const int k = found.classes;
  Json cells = Json::array();
  Json names = Json::array();
  double most = 1;
  for (int truth = 0; truth < k; ++truth) {
    names.push_back(analysis.class_name(truth));
    const double images = std::max(1, found.recall[static_cast<std::size_t>(truth)].images);
    for (int predicted = 0; predicted < k; ++predicted) {
      const auto at = static_cast<std::size_t>(truth * k + predicted);
      const double count = found.mean[at];
      if (truth != predicted) most = std::max(most, count);
      cells.push_back({{"truth", truth},
                       {"predicted", predicted},
                       {"count", count},
                       {"share", count / images},
                       {"text", fixed(count, model.runs.size() == 1 || count >= 9.95 || count == 0 ? 0 : 1)},
                       {"spread", model.runs.size() == 1 ? "" : " ± " + fixed(found.std_n[at], 1)}});
    }
  }
  std::string pairs;
  for (const ConfusedPair& pair : found.most_confused) {
    pairs += fmt::format(" {} and {}: {} times.", analysis.class_name(pair.first),
                         analysis.class_name(pair.second), fixed(pair.count, 1));
  }
  Chart chart;
  chart.spec = "confusion";
  chart.alternative =
      fmt::format("Confusion matrix of {} on the {} set, {} by {} classes. Most confused pairs:{}",
                  name_with_missing(model), to_string(split), k, k, pairs.empty() ? " none." : pairs);
  chart.input = script_json({{"data", {{"cells", std::move(cells)}}},
                             {"signals", {{"classes", k}, {"names", std::move(names)}, {"most", most}}}});
  return chart;
}

}  // namespace gpu_sweep
