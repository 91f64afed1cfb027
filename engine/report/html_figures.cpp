// The study's tables, the distributions and the descriptions of the final figures; the learning curves.
#include <fmt/format.h>

#include <algorithm>

#include "engine/report/html_charts.h"
#include "engine/report/html_sections.h"
#include "engine/report/html_text.h"
#include "engine/statistics/best_epoch.h"
#include "engine/statistics/descriptive.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

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

/// Means and spreads of one measure on the three sets, a row a model.
std::string study_table(const ReportAnalysis& analysis, Measure measure) {
  std::string rows;
  std::vector<std::array<Description, 3>> found;
  for (const ModelRuns& model : analysis.models) {
    auto& row = found.emplace_back();
    for (const Set set : kAllSets) {
      row[static_cast<std::size_t>(set)] = describe(values_of(model, {set, measure}));
    }
  }
  const auto is_best = [&](std::size_t set, double mean) {
    if (found.size() < 2) return false;
    for (const auto& row : found) {
      if (measure == Measure::kLoss ? row[set].mean < mean : row[set].mean > mean) return false;
    }
    return true;
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    rows += "<tr>" + row_header(analysis.models[i]) + fmt::format("<td>{}</td>", found[i][0].n);
    for (std::size_t set = 0; set < 3; ++set) {
      rows += mean_cell({kAllSets[set], measure}, found[i][set], is_best(set, found[i][set].mean));
    }
    rows += "</tr>\n";
  }
  return fmt::format(
      "<div class=\"scroll\"><table class=\"even\"><caption>{}</caption>\n<thead><tr><th "
      "scope=\"col\">model</th><th "
      "scope=\"col\">runs</th><th scope=\"col\">training</th><th scope=\"col\">validation</th><th "
      "scope=\"col\">test</th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      measure == Measure::kLoss ? "Loss: mean ± standard deviation over the runs"
                                : "Accuracy in %: mean ± standard deviation over the runs",
      rows);
}

/// What a single training of each model, with the first seed, would have shown.
std::string first_run_table(const ReportAnalysis& analysis) {
  std::string rows;
  for (const ModelRuns& model : analysis.models) {
    const RunRecord& first = *model.runs.front();
    rows += "<tr>" + row_header(model) + fmt::format("<td>{}</td>", first.seed);
    for (const Set set : kAllSets) {
      rows += fmt::format("<td>{} <span class=\"spread\">({})</span></td>", points(first[set].accuracy),
                          fixed(first[set].loss, 4));
    }
    rows += "</tr>\n";
  }
  return "<details><summary>The first run of each model alone</summary>\n<div class=\"scroll\"><table "
         "class=\"even\"><caption>Accuracy in % (loss) of one run: what a single training would have "
         "shown</caption>\n<thead><tr><th scope=\"col\">model</th><th scope=\"col\">seed</th><th "
         "scope=\"col\">training</th><th scope=\"col\">validation</th><th "
         "scope=\"col\">test</th></tr></thead>\n"
         "<tbody>\n" +
         rows + "</tbody></table></div></details>\n";
}

std::string interval_cell(const Figure& figure, const std::optional<Interval>& interval) {
  if (!interval) return "<td>–</td>";
  return "<td>" +
         (figure.measure == Measure::kLoss ? fixed(interval->low, 4) + " to " + fixed(interval->high, 4)
                                           : points_range(*interval)) +
         "</td>";
}

/// Everything that describe() says of one figure.
std::string description_table(const ReportAnalysis& analysis, const Figure& figure) {
  std::string rows;
  const auto cell = [&](double value) {
    const bool loss = figure.measure == Measure::kLoss;
    return "<td>" + fixed(loss ? value : 100 * value, loss ? 4 : 2) + "</td>";
  };
  const auto spread = [&](const std::optional<double>& value) {
    const bool loss = figure.measure == Measure::kLoss;
    return "<td>" + (value ? fixed(loss ? *value : 100 * *value, loss ? 5 : 3) : "–") + "</td>";
  };
  for (const ModelRuns& model : analysis.models) {
    const Description found = describe(values_of(model, figure));
    rows += "<tr>" + row_header(model) + fmt::format("<td>{}</td>", found.n) + cell(found.mean) +
            spread(found.std_n) + spread(found.std_n_minus_1) + spread(found.standard_error) +
            interval_cell(figure, found.t_interval) + interval_cell(figure, found.bca_interval) +
            cell(found.minimum) + cell(found.lower_quartile) + cell(found.median) +
            cell(found.upper_quartile) + cell(found.maximum) + "</tr>\n";
  }
  return fmt::format(
      "<div class=\"scroll\"><table><caption>{}{}</caption>\n<thead><tr><th scope=\"col\">model</th><th "
      "scope=\"col\">n</th><th scope=\"col\">mean</th><th scope=\"col\">std (n)</th><th scope=\"col\">std "
      "(n − 1)</th><th scope=\"col\">standard error</th><th scope=\"col\">95 % of the mean (t)</th><th "
      "scope=\"col\">95 % of the mean (BCa)</th><th scope=\"col\">least</th><th "
      "scope=\"col\">quartile</th><th "
      "scope=\"col\">median</th><th scope=\"col\">quartile</th><th scope=\"col\">greatest</th></tr></thead>\n"
      "<tbody>\n{}</tbody></table></div>\n",
      to_string(figure), figure.measure == Measure::kLoss ? "" : " in %", rows);
}

std::string best_epoch_table(const ReportAnalysis& analysis) {
  std::string rows;
  for (const ModelRuns& model : analysis.models) {
    std::vector<double> epochs;
    std::vector<double> best;
    std::vector<double> last;
    for (const RunRecord* run : model.runs) {
      const std::optional<BestEpoch> found = best_epoch(*run);
      if (!found) continue;
      epochs.push_back(found->epoch);
      best.push_back(found->figures.val_accuracy);
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
         "The best of many epochs is an optimistic figure: it was chosen by the same "
         "images.</caption>\n<thead><tr>"
         "<th scope=\"col\">model</th><th scope=\"col\">best epoch, median (range)</th><th scope=\"col\">at "
         "the best "
         "epoch</th><th scope=\"col\">after the last</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n";
}

/// So short trainings have no detail for the untrained network to dwarf.
constexpr int kFewEpochs = 5;

int epochs_drawn(const std::vector<const ModelRuns*>& models) {
  int most = 0;
  for (const ModelRuns* model : models) most = std::max(most, model->model.epochs);
  return most;
}

std::string drawn_note(const ReportAnalysis& analysis, std::size_t drawn) {
  if (drawn == analysis.models.size()) return "";
  return fmt::format(
      "<p class=\"note\">The charts show the {} models with the highest validation accuracy of {}.</p>\n",
      drawn, analysis.models.size());
}

}  // namespace

std::string figures_section(const ReportAnalysis& analysis) {
  const auto models = models_drawn(analysis);
  std::string html = "<section id=\"figures\"><h2>Final figures</h2>\n";
  html +=
      "<p class=\"note\">After the last epoch, dropout off. Standard deviations divide by n."
      " The best mean of a column is bold, which does not say that the others are worse.</p>\n";
  html += study_table(analysis, Measure::kAccuracy) + study_table(analysis, Measure::kLoss);
  if (analysis.runs > 1) {
    html +=
        "<h3>Every run</h3>\n<p class=\"note\">A dot is a run. The line is the mean, the bar its 95 % "
        "interval "
        "(Student's t).</p>\n" +
        drawn_note(analysis, models.size()) + "<div class=\"grid-2\">\n";
    for (const Figure& figure : {kValidationAccuracy, kTestAccuracy}) {
      html += html_figure(distributions_chart(models, figure));
    }
    html += "</div>\n";
  }
  if (analysis.runs > analysis.models.size()) html += first_run_table(analysis);
  html += "<details><summary>All statistics of each figure</summary>\n";
  for (const Figure& figure : kAllFigures) html += description_table(analysis, figure);
  return html + "</details>\n</section>\n";
}

std::string curves_section(const ReportAnalysis& analysis) {
  const auto models = models_drawn(analysis);
  const char* band = analysis.runs > models.size()
                         ? "Lines are means over the runs, bands hold the middle 90 % of them. "
                         : "";
  std::string html = "<section id=\"curves\"><h2>Learning curves</h2>\n";
  html += fmt::format(
      "<p class=\"note\">{}Training figures are means over the epoch's batches, as the weights moved and "
      "with dropout "
      "on; validation follows each epoch with dropout off.</p>\n",
      band);
  html += drawn_note(analysis, models.size()) + html_legend(models);
  html += fmt::format(
      "<label class=\"control\"><input type=\"checkbox\" id=\"from-start\"{}> Fit the axes to the untrained "
      "network (epoch 0) too</label>\n<div class=\"grid-2\">\n",
      epochs_drawn(models) <= kFewEpochs ? " checked" : "");
  constexpr std::array kTitles = {"Training loss", "Training accuracy", "Validation loss",
                                  "Validation accuracy"};
  for (const std::size_t column : {1U, 3U, 0U, 2U}) {
    html += fmt::format("<div><h3>{}</h3>\n{}</div>\n", kTitles[column],
                        html_figure(curves_chart(models, kHistoryColumns[column])));
  }
  return html + "</div>\n" + best_epoch_table(analysis) + "</section>\n";
}

}  // namespace gpu_sweep
