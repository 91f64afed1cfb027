// The sections on differences between models and on the choice of one.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "engine/report/diverged.h"
#include "engine/report/html/cells.h"
#include "engine/report/html/charts.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// Number of pairs that a plot can hold on one page. If there are more, only those of the best model are
/// drawn.
constexpr std::size_t kMostPairsDrawn = 28;

std::string p_cell(const std::optional<double>& p) {
  if (!p) return "<td>too few runs to tell</td>";
  return "<td>" + (*p < 0.0001 ? "&lt; 0.0001" : p_value(*p).substr(4)) + "</td>";
}

std::string comparison_table(const ReportAnalysis& analysis, const std::vector<Comparison>& comparisons) {
  const bool with_images = comparisons.front().metric == kTestAccuracy && !analysis.labels().empty();
  std::unordered_map<std::string_view, const ModelRuns*> models;
  for (const ModelRuns& model : analysis.models) models.emplace(model.model.name, &model);
  std::string rows;
  for (const Comparison& each : comparisons) {
    rows += fmt::format("<tr><th scope=\"row\">{} − {}</th><td>{}</td><td>{}</td><td>{}</td>",
                        html_name(each.a), html_name(each.b), each.n, points(each.mean_difference),
                        each.t_interval ? points_range(*each.t_interval) : "–");
    rows += p_cell(each.wilcoxon_holm) + p_cell(each.sign_flip_holm);
    rows += fmt::format("<td>{} <span class=\"spread\">({})</span></td>", percent(each.greater_share, 0),
                        each.greater_interval ? points(each.greater_interval->low, 0) + " to " +
                                                    points(each.greater_interval->high, 0)
                                              : "–");
    if (with_images) {
      rows += "<td>± " +
              points(normal_quantile((1 + kConfidence) / 2) *
                     paired_test_standard_error(*models.at(each.a), *models.at(each.b), analysis.labels())) +
              "</td>";
    }
    rows += "</tr>\n";
  }
  return fmt::format(
      "<div class=\"scroll\"><table><caption>Differences in {}, percentage points, on equal seeds; p after "
      "Holm's correction over {}</caption>\n<thead><tr><th scope=\"col\">pair</th><th "
      "scope=\"col\">runs</th><th "
      "scope=\"col\">mean</th><th scope=\"col\">95 % interval</th><th scope=\"col\">p, Wilcoxon</th><th "
      "scope=\"col\">p, sign flips</th><th scope=\"col\">first is better "
      "on</th>{}</tr></thead>\n<tbody>\n{}</tbody>"
      "</table></div>\n",
      to_string(comparisons.front().metric), counted(comparisons.size(), "pair"),
      with_images ? "<th scope=\"col\">95 % error of the test images</th>" : "", rows);
}

std::vector<Comparison> pairs_drawn(const ReportAnalysis& analysis,
                                    const std::vector<Comparison>& comparisons) {
  if (comparisons.size() <= kMostPairsDrawn) return comparisons;
  std::vector<Comparison> pairs;
  const std::string& best = analysis.models[best_by_validation(analysis.models)].model.name;
  for (const Comparison& each : comparisons) {
    if (each.a == best || each.b == best) pairs.push_back(each);
  }
  if (pairs.size() > kMostPairsDrawn) pairs.resize(kMostPairsDrawn);
  return pairs;
}

/// Names the models that are missing from the pairs, or whose pairs do not cover all seeds.
std::string missing_from_pairs(const ReportAnalysis& analysis) {
  const std::string partly = models_with_some_diverged(analysis.models);
  return (partly.empty() ? ""
                         : "<p class=\"note\">Compared only on the seeds that did not diverge: " +
                               escape_html(partly) + ".</p>\n") +
         without_metrics_note(analysis);
}

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
         "scope=\"col\">figure</th>" +
         head + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

}  // namespace

std::string differences_section(const ReportAnalysis& analysis) {
  if (analysis.on_validation.empty()) return "";
  std::string html = "<section id=\"differences\"><h2>Which differences are real</h2>\n";
  html +=
      "<p class=\"note\">Runs of equal seed saw the same batches in the same order, so models are compared "
      "seed by seed. Intervals and p describe only the effect of the seed and take the images as given. "
      "Filled "
      "dots: "
      "p "
      "below 0.05 (Wilcoxon's signed ranks, Pratt's zeros, Holm's correction). Right of zero the first model "
      "is better.</p>\n";
  const std::vector<Comparison> validation = pairs_drawn(analysis, analysis.on_validation);
  const std::vector<Comparison> test = pairs_drawn(analysis, analysis.on_test);
  const bool all_pairs = compares_all_pairs(analysis.models.size());
  if (!all_pairs) {
    html += fmt::format(
        "<p class=\"note\">With this many models, only the best is compared with each other one. It was "
        "chosen on "
        "the same runs, so its lead looks a little larger than it is. The plots show the first {} "
        "pairs.</p>\n",
        validation.size());
  } else if (validation.size() < analysis.on_validation.size()) {
    html += "<p class=\"note\">The plots show the pairs of the best model; the tables list all pairs.</p>\n";
  }
  const auto divided = [](const Comparison& each) { return each.divided(); };
  if (std::ranges::any_of(analysis.on_validation, divided) ||
      std::ranges::any_of(analysis.on_test, divided)) {
    html +=
        "<p class=\"note\">A dot with p below 0.05 that is not filled: one model is better on most seeds but "
        "the other on average, because a few runs are far off. Such a pair counts as not told apart.</p>\n";
  }
  if (validation.front().t_interval) {
    html += "<div class=\"grid-2\">\n" + html_figure(differences_chart(validation, "validation accuracy")) +
            html_figure(differences_chart(test, "test accuracy")) + "</div>\n";
  }
  html += missing_from_pairs(analysis);
  const std::string which = all_pairs ? "all pairs" : "the best and each other model";
  html += "<details" + std::string(analysis.on_validation.size() <= 10 ? " open" : "") +
          "><summary>Validation accuracy, " + which + "</summary>\n" +
          comparison_table(analysis, analysis.on_validation) +
          "</details>\n<details><summary>Test accuracy, " + which + "</summary>\n" +
          comparison_table(analysis, analysis.on_test);
  if (!analysis.labels().empty()) {
    html +=
        "<p class=\"note\">The last column is the error that arises because the test images are a sample. "
        "Seed "
        "noise shrinks with more runs; this error does not. The validation images are a sample, too, with a "
        "similar error.</p>\n";
  }
  return html + "</details>\n</section>\n";
}

std::string choice_section(const ReportAnalysis& analysis) {
  if (analysis.models.size() < 2) return "";
  std::string html = "<section id=\"choice\"><h2>Which model to take</h2>\n";
  if (analysis.selection) {
    const Selection& selection = *analysis.selection;
    const auto names = [&](const std::vector<std::size_t>& indices) {
      std::string text;
      for (const std::size_t i : indices) {
        text += (text.empty() ? "" : ", ") + html_name(analysis.models[i].model.name);
      }
      return text;
    };
    html += "<p>" + escape_html(selection_sentence(analysis.models, selection)) +
            "</p>\n<dl>\n<dt>Cannot be told apart from the "
            "best</dt><dd>" +
            names(selection.candidates) + "</dd>\n<dt>Most stable of these</dt><dd>" +
            names(selection.stable) + "</dd>\n<dt>Cheapest of these</dt><dd>" + names({selection.chosen}) +
            "</dd>\n</dl>\n<p class=\"note\">Stability is compared by the test of Pitman and Morgan for "
            "equal variances of "
            "paired values, cost by the operations per training run. The test set is not used.</p>\n";
  } else {
    html += fmt::format(
        "<p>Too few runs to tell: a choice needs at least {} runs of every model on equal seeds.</p>\n",
        fewest_runs(analysis.on_validation.size()));
  }
  return html + "<details><summary>Ranks by metric</summary>\n" + rank_table(analysis) +
         without_metrics_note(analysis) + "</details>\n</section>\n";
}

}  // namespace gpu_sweep
