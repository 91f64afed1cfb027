// The section on final metrics: tables of accuracy and loss, distributions over runs, and a description of
// each metric.
#include <fmt/format.h>

#include <algorithm>

#include "engine/report/html/cells.h"
#include "engine/report/html/charts.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/report/stopped_runs.h"
#include "engine/statistics/methods/bootstrap.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/race.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// Returns the splits that a table of means has a column for.
std::vector<Split> splits_of(const ReportAnalysis& analysis) {
  std::vector<Split> splits(kBasicSplits.begin(), kBasicSplits.end());
  if (analysis.judged.split == Split::kJudging) splits.insert(splits.end() - 1, Split::kJudging);
  return splits;
}

std::vector<Description> describe_all(const ModelRuns& model, Measure measure,
                                      const std::vector<Split>& splits) {
  std::vector<Description> found;
  for (const Split split : splits) found.push_back(describe(model, {split, measure}));
  return found;
}

std::vector<double> best_means(const std::vector<std::vector<Description>>& rows, Measure measure,
                               std::size_t columns) {
  std::vector<double> best(columns);
  for (std::size_t column = 0; column < columns; ++column) {
    const auto mean = [column](const auto& row) { return row[column].mean; };
    const auto row = measure == Measure::kLoss ? std::ranges::min_element(rows, {}, mean)
                                               : std::ranges::max_element(rows, {}, mean);
    if (row != rows.end()) best[column] = mean(*row);
  }
  return best;
}

std::string headings(const std::vector<Split>& splits) {
  std::string text = "<th scope=\"col\">model</th><th scope=\"col\">runs</th>";
  for (const Split split : splits) {
    text += fmt::format("<th scope=\"col\">{}</th>", split == Split::kTrain ? "training" : to_string(split));
  }
  return text;
}

/// A table of the means and spreads of one measure on the splits of splits_of, with one row per model.
std::string study_table(const ReportAnalysis& analysis, Measure measure) {
  const std::vector<Split> splits = splits_of(analysis);
  std::string rows;
  std::vector<std::vector<Description>> found;
  for (const ModelRuns& model : analysis.models) found.push_back(describe_all(model, measure, splits));
  const std::vector<double> best = best_means(found, measure, splits.size());
  std::size_t i = 0;  // index into analysis.models
  for (const ModelRuns& model : analysis.all_models) {
    if (model.runs.empty()) {
      rows += row_without_metrics(model, static_cast<int>(splits.size()) + 2);
      continue;
    }
    const bool left = model.left_after.has_value();
    const std::string mark = left                            ? left_text(*model.left_after)
                             : measure == Measure::kAccuracy ? analysis.mark_of(i)
                                                             : "";
    const std::vector<Description> row = left ? describe_all(model, measure, splits) : found[i];
    rows += "<tr>" + row_header(model, mark) + runs_cell(model, analysis.looks);
    for (std::size_t column = 0; column < splits.size(); ++column) {
      const bool is_best = !left && found.size() > 1 && row[column].mean == best[column];
      rows += mean_cell({splits[column], measure}, row[column], is_best);
    }
    rows += "</tr>\n";
    if (!left) ++i;
  }
  return fmt::format(
      "<div class=\"scroll\"><table class=\"even narrow\"><caption>{}</caption>\n<thead><tr>{}</tr></thead>\n"
      "<tbody>\n{}</tbody></table></div>\n",
      measure == Measure::kLoss ? "Loss: mean ± standard deviation over the runs"
                                : "Accuracy in %: mean ± standard deviation over the runs",
      headings(splits), rows);
}

/// A table of what one would have seen with a single run of each model, the finite one with the lowest seed.
std::string first_run_table(const ReportAnalysis& analysis) {
  std::string rows;
  for (const ModelRuns& model : analysis.all_models) {
    if (model.runs.empty()) {
      rows += row_without_metrics(model, 5);
      continue;
    }
    const RunRecord& first = *model.runs.front();
    rows += "<tr>" + row_header(model) + fmt::format("<td>{}</td>", first.seed);
    for (const Split split : kBasicSplits) {
      if (split == Split::kValidation && !has_validation(analysis)) {
        rows += "<td>–</td>";
        continue;
      }
      rows += fmt::format("<td>{} <span class=\"spread\">({})</span></td>", points(first[split].accuracy),
                          fixed(first[split].loss, 4));
    }
    rows += "</tr>\n";
  }
  return "<details><summary>Only the first run of each model</summary>\n<div class=\"scroll\"><table "
         "class=\"even\"><caption>Accuracy in % (loss) of the first run: what training with a single seed "
         "would have "
         "shown</caption>\n<thead><tr><th scope=\"col\">model</th><th scope=\"col\">seed</th><th "
         "scope=\"col\">training</th><th scope=\"col\">validation</th><th "
         "scope=\"col\">test</th></tr></thead>\n"
         "<tbody>\n" +
         rows + "</tbody></table></div></details>\n";
}

std::string interval_cell(const Metric& metric, const std::optional<Interval>& interval) {
  if (!interval) return "<td>–</td>";
  return "<td>" +
         (metric.measure == Measure::kLoss ? fixed(interval->low, 4) + " to " + fixed(interval->high, 4)
                                           : points_range(*interval)) +
         "</td>";
}

/// A table of everything that describe() returns for one metric, and of the bootstrap interval.
std::string description_table(const ReportAnalysis& analysis, const Metric& metric) {
  std::string rows;
  const auto cell = [&](double value) {
    const bool loss = metric.measure == Measure::kLoss;
    return "<td>" + fixed(loss ? value : 100 * value, loss ? 4 : 2) + "</td>";
  };
  const auto spread = [&](const std::optional<double>& value) {
    const bool loss = metric.measure == Measure::kLoss;
    return "<td>" + (value ? fixed(loss ? *value : 100 * *value, loss ? 5 : 3) : "–") + "</td>";
  };
  for (const ModelRuns& model : analysis.all_models) {
    if (model.runs.empty()) {
      rows += row_without_metrics(model, 13);
      continue;
    }
    const std::vector<double> values = values_of(model, metric);
    const Description found = describe(model, metric);
    // Absent for validation metrics if every seed has its own split: the splits share rows, so the runs are
    // not independent.
    std::optional<Interval> bootstrap;
    if (values.size() > 1 && model.test_to_train(metric) == 0) bootstrap = bca_interval_of_mean(values);
    rows += "<tr>" + row_header(model) + fmt::format("<td>{}</td>", found.n) + cell(found.mean) +
            spread(found.std_n) + spread(found.std_n_minus_1) + spread(found.standard_error) +
            interval_cell(metric, found.t_interval) + interval_cell(metric, bootstrap) + cell(found.minimum) +
            cell(found.lower_quartile) + cell(found.median) + cell(found.upper_quartile) +
            cell(found.maximum) + "</tr>\n";
  }
  return fmt::format(
      "<div class=\"scroll\"><table><caption>{}{}</caption>\n<thead><tr><th scope=\"col\">model</th><th "
      "scope=\"col\">n</th><th scope=\"col\">mean</th><th scope=\"col\">std (n)</th><th scope=\"col\">std "
      "(n − 1)</th><th scope=\"col\">standard error</th><th scope=\"col\">95 % of the mean (t)</th><th "
      "scope=\"col\">95 % of the mean (BCa)</th><th scope=\"col\">least</th><th "
      "scope=\"col\">quartile</th><th "
      "scope=\"col\">median</th><th scope=\"col\">quartile</th><th scope=\"col\">greatest</th></tr></thead>\n"
      "<tbody>\n{}</tbody></table></div>\n",
      to_string(metric), metric.measure == Measure::kLoss ? "" : " in %", rows);
}

}  // namespace

std::string metrics_section(const ReportAnalysis& analysis) {
  const auto models = best_models(analysis, kMostRowsDrawn);
  std::string html = "<section id=\"figures\"><h2>Final metrics</h2>\n";
  html += fmt::format(
      "<p class=\"note\">Measured {}, with dropout off. Standard deviations divide by "
      "n. Below the number of runs: the share that diverged, and the largest share that these runs do not "
      "exclude (95 %, Clopper and Pearson). Means are of the runs that finished.{}</p>\n",
      time_of_final_metrics(analysis.stored->experiment),
      analysis.models.size() > 1
          ? " The best mean of a column is bold, which does not mean that the others are worse."
          : "");
  if (analysis.stored->experiment.analysis.race) {
    html +=
        "<p class=\"note\">Charts, comparisons and ranks are of the models that remain in the race.</p>\n";
  }
  html += study_table(analysis, Measure::kAccuracy) + study_table(analysis, Measure::kLoss);
  if (analysis.runs > 1) {
    html +=
        "<h3>Every run</h3>\n<p class=\"note\">Each dot is a run. The line is the mean, the bar its 95 % "
        "interval "
        "(Student's t). Both charts have one axis.</p>\n" +
        drawn_note(analysis, models.size()) + "<div class=\"grid-2\">\n";
    std::vector<Metric> drawn = {kTestAccuracy};
    if (has_validation(analysis)) drawn.insert(drawn.begin(), kValidationAccuracy);
    const Interval axis = distributions_axis(models, drawn);
    for (const Metric& metric : drawn) html += html_figure(distributions_chart(models, metric, axis));
    html += "</div>\n" + without_metrics_note(analysis);
  }
  if (analysis.runs > analysis.models.size()) html += first_run_table(analysis);
  html += "<details><summary>All statistics of each metric</summary>\n";
  for (const Metric& metric : kAllMetrics) {
    if (metric.split == Split::kValidation && !has_validation(analysis)) continue;
    html += description_table(analysis, metric);
  }
  if (analysis.judged == kJudgingAccuracy) html += description_table(analysis, kJudgingAccuracy);
  return html + "</details>\n</section>\n";
}

}  // namespace gpu_sweep
