// The section on the choice of a model.
#include <fmt/format.h>

#include <algorithm>

#include "engine/report/html/cells.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::string rank_table(const ReportAnalysis& analysis) {
  const bool differ = std::ranges::any_of(analysis.models, [&](const ModelRuns& model) {
    return model.runs.size() != analysis.models.front().runs.size();
  });
  std::string head;
  for (const ModelRuns& model : analysis.models) {
    const std::string runs =
        differ ? " <span class=\"spread\">of " + counted(model.runs.size(), "run") + "</span>" : "";
    head += "<th scope=\"col\">" + html_model(model) + runs + "</th>";
  }
  std::string rows;
  for (const RankedMetric& row : study_ranks(analysis.models)) {
    const bool loss = row.metric.measure == Measure::kLoss;
    rows +=
        fmt::format("<tr><th scope=\"row\">{}, {}</th>", to_string(row.metric), row.spread ? "std" : "mean");
    for (std::size_t i = 0; i < row.rank.size(); ++i) {
      rows += fmt::format("<td{}>{} <span class=\"spread\">{}</span></td>",
                          row.rank[i] == 1 ? " class=\"best\"" : "", row.rank[i],
                          loss ? fixed(row.value[i], 4) : percent(row.value[i]));
    }
    rows += "</tr>\n";
  }
  return "<div class=\"scroll\"><table><caption>Rank of each model by each metric, 1 is "
         "best</caption>\n<thead><tr><th "
         "scope=\"col\">metric</th>" +
         head + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

/// Returns the sentence about the chosen model, and an explanation of how the rule chose it.
std::string choice(const ReportAnalysis& analysis, const Selection& selection) {
  const auto names = [&](const std::vector<std::size_t>& indices) {
    std::string text;
    for (const std::size_t i : indices) {
      text += (text.empty() ? "" : ", ") + html_name(analysis.models[i].model.name);
    }
    return text;
  };
  const auto step = [&](const char* term, const std::vector<std::size_t>& indices) {
    return std::string("<dt>") + term + "</dt><dd>" + names(indices) + "</dd>\n";
  };
  std::string html = "<p>" + escape_html(selection_sentence(analysis.models, selection)) + "</p>\n";
  std::string note = "The test rows take no part in the choice.";
  if (!selection.test_judges) {
    html += "<dl>\n" + step(selection.among_same ? "The same as the highest mean, and itself"
                                                 : "Not told to be worse than the highest mean",
                            selection.candidates);
    if (selection.by_spread) html += step("Spread not told from the smallest", selection.stable);
    html += step("Cheapest of these", {selection.chosen}) + "</dl>\n";
    note = std::string(analysis.looks == Looks::kOnce
                           ? "Spreads are compared by a t-test of the paired distances from the median, with "
                             "Holm's correction over all pairs; cost"
                           : "Spreads are not compared: that test needs a number of runs fixed beforehand. "
                             "Cost is compared") +
           " by the operations per training run. The test set is not used.";
  }
  return html + "<p class=\"note\">" + note + " A model of which more than " +
         percent(selection.most_diverged, 0) + " of the runs diverged is never chosen.</p>\n";
}

}  // namespace

std::string choice_section(const ReportAnalysis& analysis) {
  if (analysis.all_models.size() < 2 || analysis.models.empty()) return "";
  if (analysis.models.size() < 2 && !analysis.selection) return "";
  std::string html = "<section id=\"choice\"><h2>Which model to take</h2>\n";
  if (analysis.selection) {
    html += choice(analysis, *analysis.selection);
  } else {
    html += fmt::format(
        "<p>Too few runs to tell: a choice needs at least {} runs of every model on equal seeds.</p>\n",
        fewest_runs(analysis.family, analysis.looks));
  }
  return html + "<details><summary>Ranks by metric</summary>\n" + rank_table(analysis) +
         without_metrics_note(analysis) + "</details>\n</section>\n";
}

}  // namespace gpu_sweep
