#include "engine/report/html_cells.h"

#include <fmt/format.h>

#include "engine/report/html_text.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {

std::string row_header(const ModelRuns& model) {
  return "<th scope=\"row\">" + html_name(model.model.name) + "</th>";
}

std::string mean_cell(const Figure& figure, const Description& found, bool best) {
  const double scale = figure.measure == Measure::kLoss ? 1 : 100;
  const std::string spread =
      found.n > 1 ? fmt::format(" <span class=\"spread\">± {}</span>",
                                fixed(scale * found.std_n, figure.measure == Measure::kLoss ? 4 : 2))
                  : "";
  return fmt::format("<td{}>{}{}</td>", best ? " class=\"best\"" : "",
                     fixed(scale * found.mean, figure.measure == Measure::kLoss ? 4 : 2), spread);
}

std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn) {
  if (drawn == analysis.models.size()) return "";
  return fmt::format(
      "<p class=\"note\">The charts show the {} models with the highest validation accuracy of {}.</p>\n",
      drawn, analysis.models.size());
}

}  // namespace gpu_sweep
