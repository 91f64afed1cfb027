#include "engine/report/html/cells.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/report/diverged.h"
#include "engine/report/html/escape.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {

std::string html_model(const ModelRuns& model) {
  const std::string missing = missing_runs_text(model);
  return html_name(model.model.name) +
         (missing.empty() ? "" : " <span class=\"spread\">(" + missing + ")</span>");
}

std::string row_header(const ModelRuns& model, const std::string& mark) {
  return "<th scope=\"row\">" + html_model(model) +
         (mark.empty() ? "" : "<br><span class=\"mark\">" + mark + "</span>") + "</th>";
}

std::string runs_cell(const ModelRuns& model, Looks looks) {
  const Failures found = failures_of(model, looks);
  return fmt::format("<td>{}<br><span class=\"mark\">{}&nbsp;% failed, ≤&nbsp;{}&nbsp;%</span></td>",
                     with_thousands(static_cast<long long>(model.runs.size())), points(found.share, 0),
                     points(found.upper, 0));
}

std::string row_without_metrics(const ModelRuns& model, int columns) {
  return fmt::format("<tr><th scope=\"row\">{}</th><td class=\"text\" colspan=\"{}\">{}</td></tr>\n",
                     html_name(model.model.name), columns - 1, missing_runs_text(model));
}

std::string without_metrics_note(const ReportAnalysis& analysis) {
  const std::string models = models_without_metrics(analysis.all_models);
  return models.empty() ? "" : "<p class=\"note\">Without metrics: " + escape_html(models) + ".</p>\n";
}

bool has_validation(const ReportAnalysis& analysis) {
  return analysis.models.empty() || analysis.models.front().runs.front()->has_rows(Split::kValidation);
}

std::string mean_cell(const Metric& metric, const Description& found, bool best) {
  if (std::isnan(found.mean)) return "<td>–</td>";
  const double scale = metric.measure == Measure::kLoss ? 1 : 100;
  const std::string spread =
      found.n > 1 ? fmt::format(" <span class=\"spread\">± {}</span>",
                                fixed(scale * found.std_n, metric.measure == Measure::kLoss ? 4 : 2))
                  : "";
  return fmt::format("<td{}>{}{}</td>", best ? " class=\"best\"" : "",
                     fixed(scale * found.mean, metric.measure == Measure::kLoss ? 4 : 2), spread);
}

std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn) {
  if (drawn == analysis.models.size()) return "";
  return fmt::format(
      "<p class=\"note\">The charts show the {} models with the highest validation accuracy of {}.</p>\n",
      drawn, with_thousands(static_cast<long long>(analysis.models.size())));
}

}  // namespace gpu_sweep
