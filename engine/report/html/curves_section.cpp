// The section on learning curves and the best epochs of the runs.
#include <fmt/format.h>

#include <algorithm>

#include "engine/report/html/cells.h"
#include "engine/report/html/charts.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/report/stopped_runs.h"
#include "engine/statistics/best_epoch.h"
#include "engine/statistics/curves.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {
namespace {

std::string best_epoch_table(const ReportAnalysis& analysis) {
  std::string rows;
  for (const ModelRuns& model : analysis.all_models) {
    if (model.runs.empty()) {
      rows += row_without_metrics(model, 4);
      continue;
    }
    std::vector<double> epochs;
    std::vector<double> best;
    std::vector<double> last;
    for (const RunRecord* run : model.runs) {
      const std::optional<BestEpoch> found = best_epoch(*run);
      if (!found) continue;
      epochs.push_back(found->epoch);
      best.push_back(found->metrics.val_accuracy);
      last.push_back(run->history.back().val_accuracy);
    }
    if (epochs.empty()) continue;
    const Description epoch = describe(epochs);
    rows += "<tr>" + row_header(model) +
            fmt::format("<td>{} <span class=\"spread\">({} to {})</span></td>", fixed(epoch.median, 0),
                        fixed(epoch.minimum, 0), fixed(epoch.maximum, 0)) +
            mean_cell(kValidationAccuracy, describe(best), false) +
            mean_cell(kValidationAccuracy, describe(last), false) + "</tr>\n";
  }
  if (rows.empty()) return "";
  return "<div class=\"scroll\"><table><caption>Validation accuracy in % at each run's best epoch and after "
         "its last. "
         "The best of many epochs is optimistic, because it was chosen on the same "
         "images.</caption>\n<thead><tr>"
         "<th scope=\"col\">model</th><th scope=\"col\">best epoch, median (range)</th><th scope=\"col\">at "
         "the best "
         "epoch</th><th scope=\"col\">after the last</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n";
}

std::string stopping_list(const ReportAnalysis& analysis) {
  std::string notes;
  for (const ModelRuns& model : analysis.all_models) {
    const std::string note = stopping_note(model.model, model.runs);
    if (!note.empty()) notes += "<p class=\"note\">" + escape_html(note) + ".</p>\n";
  }
  return notes;
}

int epochs_drawn(const std::vector<const ModelRuns*>& models) {
  int most = 0;
  for (const ModelRuns* model : models) most = std::max(most, model->model.epochs);
  return most;
}

/// Returns whether the model has an objective other than its loss, and runs that recorded it.
bool has_objective(const ModelRuns* model) {
  return step_extras(model->model).has_objective() && !objective_curve(*model).empty();
}

}  // namespace

std::string curves_section(const ReportAnalysis& analysis) {
  const auto models = models_drawn(analysis);
  const char* band = analysis.runs > models.size()
                         ? "Lines are means over the runs; bands cover the middle 90 % of them. "
                         : "";
  std::string html = "<section id=\"curves\"><h2>Learning curves</h2>\n";
  html += fmt::format(
      "<p class=\"note\">{}Training metrics are means over the batches of an epoch, taken while the weights "
      "change and "
      "with dropout "
      "on{}.</p>\n",
      band,
      has_validation(analysis) ? "; validation metrics are taken after each epoch with dropout off" : "");
  html += drawn_note(analysis, models.size()) + html_legend(models) + without_metrics_note(analysis);
  if (static_cast<std::size_t>(epochs_drawn(models)) >= kMostPointsDrawn) {
    html += fmt::format(
        "<p class=\"note\">For long runs, the charts show at most {} epochs per model: the first, the "
        "last, "
        "and the highest and lowest of each stretch. <code>gpu_sweep export</code> writes all epochs.</p>\n",
        kMostPointsDrawn);
  }
  html += fmt::format(
      "<label class=\"control\"><input type=\"checkbox\" id=\"from-start\"{}> Also show the first tenth of "
      "the "
      "epochs and the untrained network (epoch 0)</label>\n<div class=\"grid-2\">\n",
      epochs_drawn(models) < 2 ? " checked" : "");
  constexpr std::array kTitles = {"Training loss", "Training accuracy", "Validation loss",
                                  "Validation accuracy"};
  for (const std::size_t column : {1U, 3U, 0U, 2U}) {
    if (column >= 2 && !has_validation(analysis)) continue;
    html += fmt::format("<div><h3>{}</h3>\n{}</div>\n", kTitles[column],
                        html_figure(curves_chart(models, kEpochMetrics[column])));
  }
  if (std::ranges::any_of(models, has_objective)) {
    html += "<div><h3>Training objective</h3>\n" + html_figure(objective_chart(models)) + "</div>\n";
  }
  return html + "</div>\n" + best_epoch_table(analysis) + stopping_list(analysis) + "</section>\n";
}

}  // namespace gpu_sweep
