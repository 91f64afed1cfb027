// The section on calibration: how far class probabilities can be trusted.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/report/html/cells.h"
#include "engine/report/html/charts.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/proportion.h"
#include "engine/statistics/predictions.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// Returns the accuracy of the majority vote. Only runs with kept probabilities vote, because the other
/// metrics in the same row of the table also cover only these runs.
std::optional<double> vote_of(const ModelCalibration& calibration, ModelRuns model,
                              const ReportAnalysis& analysis) {
  std::erase_if(model.runs, [&](const RunRecord* run) {
    return std::ranges::find(calibration.seeds, run->seed) == calibration.seeds.end();
  });
  return ensemble_accuracy(model, analysis.labels(), analysis.classes());
}

/// "4", or "2 of 4" if class probabilities of the other runs are absent or unusable.
std::string runs_taken(std::size_t taken, std::size_t all) {
  return taken == all ? std::to_string(all) : fmt::format("{} of {}", taken, all);
}

/// Selects the calibration of single runs or of their ensemble.
using Side = Calibration ModelCalibration::*;

/// Returns the 95 % interval of the accuracy in `bin`. A bin of single runs pools the images of all runs.
/// Because all runs see the same images, each image counts only once for the width of the interval.
Interval accuracy_interval(const ReliabilityBin& bin, Side side, std::size_t runs) {
  const double pooled = side == &ModelCalibration::single ? static_cast<double>(runs) : 1;
  const double images = static_cast<double>(bin.images) / pooled;
  return wilson_interval(bin.accuracy * images, images);
}

Chart reliability_chart(const std::vector<const ModelRuns*>& models, const Calibrations& calibrations,
                        Side side, const char* whose) {
  auto bins = nlohmann::ordered_json::array();
  std::string errors;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string& name = models[i]->model.name;
    const auto found = calibrations.find(name);
    if (found == calibrations.end()) continue;
    const Calibration& calibration = found->second.*side;
    const std::size_t runs = found->second.seeds.size();
    double images = 0;
    for (const ReliabilityBin& bin : calibration.bins) images += static_cast<double>(bin.images);
    for (const ReliabilityBin& bin : calibration.bins) {
      if (bin.images == 0) continue;
      const Interval interval = accuracy_interval(bin, side, runs);
      bins.push_back({{"series", i},
                      {"name", name},
                      {"confidence", bin.confidence},
                      {"accuracy", bin.accuracy},
                      {"low", interval.low},
                      {"high", interval.high},
                      {"share", static_cast<double>(bin.images) / images}});
    }
    const ReliabilityBin& surest = calibration.bins.back();
    const std::string whose_runs =
        runs == models[i]->runs.size() ? "" : " (" + runs_taken(runs, models[i]->runs.size()) + " runs)";
    errors += fmt::format(
        " {}{}: calibration error {} points; in the highest confidence bin, confidence {} and accuracy {}.",
        name, whose_runs, points(calibration.expected_error), percent(surest.confidence),
        percent(surest.accuracy));
  }
  Chart chart;
  chart.spec = "reliability";
  chart.alternative = fmt::format("Reliability diagram of {}: accuracy over confidence.{}", whose, errors);
  chart.input = script_json({{"data", {{"bins", std::move(bins)}}}});
  return chart;
}

std::string calibration_table(const ReportAnalysis& analysis) {
  std::string rows;
  for (const ModelRuns& model : analysis.all_models) {
    if (model.runs.empty()) {
      rows += row_without_metrics(model, 9);
      continue;
    }
    const auto found = analysis.calibrations.find(model.model.name);
    if (found == analysis.calibrations.end()) {
      rows +=
          fmt::format("<tr>{}<td>{}</td><td class=\"text\" colspan=\"7\">no class probabilities</td></tr>\n",
                      row_header(model), runs_taken(0, model.runs.size()));
      continue;
    }
    const auto& [seeds, single, ensemble] = found->second;
    const auto vote = vote_of(found->second, model, analysis);
    rows += fmt::format(
        "<tr>{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></"
        "tr>\n",
        row_header(model), runs_taken(seeds.size(), model.runs.size()), points(single.accuracy),
        vote ? points(*vote) : "–", points(ensemble.accuracy), points(single.expected_error),
        points(ensemble.expected_error), fixed(single.brier, 4), fixed(ensemble.brier, 4));
  }
  return "<div class=\"scroll\"><table><caption>On the test set: accuracy (%) of a single run on average, of "
         "the majority vote of these runs, and of their mean probabilities; expected calibration error in "
         "points; Brier score (0 is best)</caption>\n<thead><tr><th scope=\"col\">model</th><th "
         "scope=\"col\">runs</th><th "
         "scope=\"col\">one run</th><th scope=\"col\">vote</th><th scope=\"col\">mean</th><th "
         "scope=\"col\">error, one run</th><th scope=\"col\">error, mean</th><th scope=\"col\">Brier, one "
         "run</th><th scope=\"col\">Brier, mean</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n";
}

}  // namespace

std::string calibration_section(const ReportAnalysis& analysis) {
  if (analysis.calibrations.empty()) return "";
  const auto models = models_drawn(analysis);
  std::string html = "<section id=\"confidence\"><h2>Confidence</h2>\n";
  html +=
      "<p class=\"note\">Test images are grouped into ten bins by the probability of the predicted class. "
      "Below the dashed line a model is overconfident. Dots are larger where there are more images, and bars "
      "are 95 % intervals of the accuracy on new images (Wilson; an image counts once however many runs saw "
      "it). The expected calibration error is the mean distance from the line over all images.</p>\n" +
      html_legend(models) + without_metrics_note(analysis) + "<div class=\"grid-2\">\n";
  html += "<div><h3>Single runs</h3>\n" +
          html_figure(
              reliability_chart(models, analysis.calibrations, &ModelCalibration::single, "single runs")) +
          "</div>\n";
  html += "<div><h3>Mean probabilities of all runs that keep them</h3>\n" +
          html_figure(reliability_chart(models, analysis.calibrations, &ModelCalibration::ensemble,
                                        "the mean of all runs that keep them")) +
          "</div>\n</div>\n";
  return html + calibration_table(analysis) + "</section>\n";
}

}  // namespace gpu_sweep
