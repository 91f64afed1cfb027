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
  if (!p) return "<td>–</td>";
  return "<td>" + escape_html(p_number(*p)) + "</td>";
}

std::string range_cell(const Interval& interval) {
  return "<td>" + (std::isfinite(interval.low) ? points_range(interval) : "too few runs") + "</td>";
}

std::string comparison_table(const ReportAnalysis& analysis, const std::vector<Comparison>& comparisons,
                             std::size_t family) {
  const bool with_images = comparisons.front().metric == kTestAccuracy && !analysis.labels().empty();
  std::unordered_map<std::string_view, const ModelRuns*> models;
  for (const ModelRuns& model : analysis.models) models.emplace(model.model.name, &model);
  std::string rows;
  for (const Comparison& each : comparisons) {
    rows += fmt::format("<tr><th scope=\"row\">{} − {}</th><td>{}</td><td>{}{}</td>", html_name(each.a),
                        html_name(each.b), each.n, points(each.mean_difference),
                        each.few_runs_carry() ? " <span class=\"spread\">few runs</span>" : "");
    rows += range_cell(each.interval) + range_cell(each.simultaneous) + p_cell(each.p_holm);
    rows += each.told ? "<td>yes</td>" : "<td>no</td>";
    rows += p_cell(each.wilcoxon_holm);
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
      "scope=\"col\">runs</th><th scope=\"col\">mean</th><th scope=\"col\">interval</th><th "
      "scope=\"col\">simultaneous</th><th scope=\"col\">p</th><th scope=\"col\">told</th><th "
      "scope=\"col\">second opinion: p, Wilcoxon</th><th scope=\"col\">first is better "
      "on</th>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      to_string(comparisons.front().metric), counted(family, "pair"),
      with_images ? "<th scope=\"col\">95 % error of the test images</th>" : "", rows);
}

/// Number of pairs that a table lists. If there are more, it lists those of the best model.
constexpr std::size_t kMostPairsListed = 1'225;  // of 50 models

std::vector<Comparison> pairs_of_best(const ReportAnalysis& analysis,
                                      const std::vector<Comparison>& comparisons) {
  std::vector<Comparison> pairs;
  const std::string& best = analysis.models[best_by_validation(analysis.models)].model.name;
  for (const Comparison& each : comparisons) {
    if (each.a == best || each.b == best) pairs.push_back(each);
  }
  return pairs;
}

std::vector<Comparison> pairs_drawn(const ReportAnalysis& analysis,
                                    const std::vector<Comparison>& comparisons) {
  if (comparisons.size() <= kMostPairsDrawn) return comparisons;
  std::vector<Comparison> pairs = pairs_of_best(analysis, comparisons);
  if (pairs.size() > kMostPairsDrawn) pairs.resize(kMostPairsDrawn);
  return pairs;
}

/// Returns the range that all intervals of both charts lie in, so that the charts share their axis.
Interval common_axis(const std::vector<Comparison>& first, const std::vector<Comparison>& second) {
  Interval axis;
  for (const std::vector<Comparison>* each : {&first, &second}) {
    for (const Comparison& pair : *each) {
      if (!std::isfinite(pair.interval.low)) continue;
      const bool thin = std::isfinite(pair.simultaneous.low);
      const Interval& widest = thin ? pair.simultaneous : pair.interval;
      axis.low = std::min(axis.low, widest.low);
      axis.high = std::max(axis.high, widest.high);
    }
  }
  return axis;
}

/// Pairs of models of which one diverges more often. Empty if no run diverged.
std::string failure_table(const ReportAnalysis& analysis) {
  std::string rows;
  for (const FailureComparison& each : analysis.on_failures) {
    rows += fmt::format("<tr><th scope=\"row\">{} − {}</th><td>{}</td><td>{}</td><td>{}</td>",
                        html_name(each.a), html_name(each.b), each.n, each.only_a, each.only_b) +
            p_cell(each.p_holm) + (each.told ? "<td>yes</td>" : "<td>no</td>") + "</tr>\n";
  }
  if (rows.empty()) return "";
  return "<div class=\"scroll\"><table><caption>Diverged runs on equal seeds: McNemar's exact test, p after "
         "Holm's correction over all pairs</caption>\n<thead><tr><th scope=\"col\">pair</th><th "
         "scope=\"col\">seeds</th><th scope=\"col\">only the first diverged</th><th scope=\"col\">only the "
         "second</th><th scope=\"col\">p</th><th scope=\"col\">told</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div>\n";
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
         "scope=\"col\">metric</th>" +
         head + "</tr></thead>\n<tbody>\n" + rows + "</tbody></table></div>\n";
}

}  // namespace

std::string differences_section(const ReportAnalysis& analysis) {
  if (analysis.on_validation.empty()) return "";
  std::string html = "<section id=\"differences\"><h2>Which differences are real</h2>\n";
  html +=
      "<p class=\"note\">Runs of equal seed saw the same batches in the same order, so models are compared "
      "seed by seed, on the seeds on which both finished. A pair is told, and its dot filled, if and only if "
      "zero is outside its thick bar: sign flips of the mean difference, at the pair's own step of Holm's "
      "correction over all pairs. The thin bars are simultaneous: all of them hold together with 95 %. Both "
      "describe only the effect of the seed and take the images as given. Right of zero the first model is "
      "better.</p>\n";
  const std::vector<Comparison> validation = pairs_drawn(analysis, analysis.on_validation);
  const std::vector<Comparison> test = pairs_drawn(analysis, analysis.on_test);
  const std::size_t family = analysis.on_validation.front().family;
  const bool lists_all = family <= kMostPairsListed;
  if (!lists_all) {
    html += fmt::format(
        "<p class=\"note\">The tables list the pairs of the best model, the plots the first {} of them. The "
        "correction covers all {}.</p>\n",
        validation.size(), counted(family, "pair"));
  } else if (validation.size() < analysis.on_validation.size()) {
    html += "<p class=\"note\">The plots show the pairs of the best model; the tables list all pairs.</p>\n";
  }
  const auto carried = [](const Comparison& each) { return each.few_runs_carry(); };
  if (std::ranges::any_of(analysis.on_validation, carried) ||
      std::ranges::any_of(analysis.on_test, carried)) {
    html +=
        "<p class=\"note\">“few runs”: a few runs carry the difference. Without the tenth of the seeds at "
        "either end it loses more than half.</p>\n";
  }
  if (std::ranges::any_of(validation,
                          [](const Comparison& each) { return std::isfinite(each.interval.low); })) {
    const Interval axis = common_axis(validation, test);
    html += "<div class=\"grid-2\">\n" +
            html_figure(differences_chart(validation, "validation accuracy", axis)) +
            html_figure(differences_chart(test, "test accuracy", axis)) + "</div>\n";
  }
  html += missing_from_pairs(analysis) + failure_table(analysis);
  const std::string which = lists_all ? "all pairs" : "the best and each other model";
  const auto listed = [&](const std::vector<Comparison>& comparisons) {
    return comparison_table(analysis, lists_all ? comparisons : pairs_of_best(analysis, comparisons),
                            comparisons.front().family);
  };
  html += "<details" + std::string(analysis.on_validation.size() <= 10 ? " open" : "") +
          "><summary>Validation accuracy, " + which + "</summary>\n" + listed(analysis.on_validation) +
          "</details>\n<details><summary>Test accuracy, " + which + "</summary>\n" + listed(analysis.on_test);
  if (!analysis.labels().empty()) {
    html +=
        "<p class=\"note\">The last column is the error that arises because the test images are a sample. It "
        "contains a share of seed noise, which shrinks with more runs; the rest does not. The validation "
        "images "
        "are a sample, too, with a similar error.</p>\n";
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
    html +=
        "<p>" + escape_html(selection_sentence(analysis.models, selection)) +
        "</p>\n<dl>\n<dt>Not told to be worse than the highest mean</dt><dd>" + names(selection.candidates) +
        "</dd>\n<dt>Spread not told from the smallest</dt><dd>" + names(selection.stable) +
        "</dd>\n<dt>Cheapest of these</dt><dd>" + names({selection.chosen}) +
        "</dd>\n</dl>\n<p class=\"note\">Spreads are compared by a t-test of the paired distances from the "
        "median, with Holm's correction over all pairs; cost by the operations per training run. The test "
        "set is not used. A model of which more than " +
        percent(selection.most_diverged, 0) + " of the runs diverged is never chosen.</p>\n";
  } else {
    html += fmt::format(
        "<p>Too few runs to tell: a choice needs at least {} runs of every model on equal seeds.</p>\n",
        fewest_runs(pairs_of(analysis.models.size())));
  }
  return html + "<details><summary>Ranks by metric</summary>\n" + rank_table(analysis) +
         without_metrics_note(analysis) + "</details>\n</section>\n";
}

}  // namespace gpu_sweep
