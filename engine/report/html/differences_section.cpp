// The section on differences between models.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/report/diverged.h"
#include "engine/report/html/cells.h"
#include "engine/report/html/charts.h"
#include "engine/report/html/escape.h"
#include "engine/report/html/sections.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// The most pairs that one plot shows. If there are more pairs, it shows the first of those that include the
/// best model, up to this number.
constexpr std::size_t kMostPairsDrawn = 28;

std::string p_cell(const std::optional<double>& p) {
  if (!p) return "<td>–</td>";
  return "<td>" + escape_html(p_number(*p)) + "</td>";
}

std::string range_cell(const Interval& interval) {
  return "<td>" + (std::isfinite(interval.low) ? points_range(interval) : "too few runs") + "</td>";
}

/// A <td> with the interval of the difference over new seeds and new images.
std::string new_images_cell(const Comparison& each) {
  if (!each.new_images) return "<td>–</td>";
  const NewImages& found = *each.new_images;
  return found.analysis.enough_images() ? range_cell(found.simultaneous) : "<td>too few images</td>";
}

bool has_new_images(const std::vector<Comparison>& comparisons) {
  return std::ranges::any_of(comparisons, [](const Comparison& each) { return each.new_images.has_value(); });
}

std::string comparison_table(const ReportAnalysis& analysis, const std::vector<Comparison>& comparisons,
                             std::size_t family) {
  const bool with_images = comparisons.front().metric == kTestAccuracy && has_new_images(comparisons);
  const bool with_second = analysis.looks == Looks::kOnce;
  const bool with_limit = comparisons.front().equivalence.has_value();
  std::string rows;
  for (const Comparison& each : comparisons) {
    rows += fmt::format("<tr><th scope=\"row\">{} − {}</th><td>{}</td><td>{}{}</td>", html_name(each.a),
                        html_name(each.b), with_thousands(each.n), points(each.mean_difference),
                        each.few_runs_carry() ? " <span class=\"spread\">few runs</span>" : "");
    rows += range_cell(each.interval) + range_cell(each.simultaneous) + p_cell(each.p_holm);
    rows += each.told ? "<td>yes</td>" : "<td>no</td>";
    if (each.equivalence) {
      rows += fmt::format("<td>{}</td>", each.same() ? "yes" : "no") + range_cell(each.equivalence->interval);
    }
    if (with_images) rows += new_images_cell(each);
    if (with_second) rows += p_cell(each.wilcoxon_holm);
    rows += fmt::format("<td>{} <span class=\"spread\">({})</span></td>", percent(each.greater_share, 0),
                        each.greater_interval ? points(each.greater_interval->low, 0) + " to " +
                                                    points(each.greater_interval->high, 0)
                                              : "–");
    rows += "</tr>\n";
  }
  return fmt::format(
      "<div class=\"scroll\"><table><caption>Differences in {}, percentage points, on equal seeds; p after "
      "Holm's correction over {}</caption>\n<thead><tr><th scope=\"col\">pair</th><th "
      "scope=\"col\">runs</th><th scope=\"col\">mean</th><th scope=\"col\">interval</th><th "
      "scope=\"col\">simultaneous</th><th scope=\"col\">p</th><th scope=\"col\">told</th>{}{}{}<th "
      "scope=\"col\">a run of the first beats one of the "
      "second</th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      to_string(comparisons.front().metric), counted(family, "pair"),
      with_limit ? "<th scope=\"col\">the same</th><th scope=\"col\">interval for the same</th>" : "",
      with_images ? "<th scope=\"col\">on new images</th>" : "",
      with_second ? "<th scope=\"col\">second opinion: p, Wilcoxon</th>" : "", rows);
}

/// With more pairs of models than this, a table lists only those that include the best model.
constexpr std::size_t kMostPairsListed = 1'225;  // the number of pairs of 50 models

std::vector<Comparison> pairs_of_best(const ReportAnalysis& analysis,
                                      const std::vector<Comparison>& comparisons) {
  std::vector<Comparison> pairs;
  const std::size_t best = best_by_validation(analysis.models);
  for (const Comparison& each : comparisons) {
    if (each.first == best || each.second == best) pairs.push_back(each);
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

/// Returns a range that contains all intervals of both charts, so that the charts can share an axis.
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

/// Lists the pairs of models with a seed on which only one of them diverged. Empty if there are none.
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

}  // namespace

std::string differences_section(const ReportAnalysis& analysis) {
  if (analysis.deciding().empty()) return "";
  std::string html = "<section id=\"differences\"><h2>Which differences are real</h2>\n";
  html +=
      "<p class=\"note\">Runs of equal seed saw the same batches in the same order, so models are compared "
      "seed by seed, on the seeds on which both finished. A pair is told, and its dot filled, if and only if "
      "zero is outside its thick bar: " +
      std::string(
          analysis.deciding().front().test_to_train > 0
              ? "for validation a t-test of the mean difference with Nadeau and Bengio's correction for "
                "training sets that overlap, since every seed has its own split, and for test "
              : "") +
      std::string(analysis.looks == Looks::kOnce
                      ? "sign flips of the mean difference"
                      : "a test that stays valid under a look after every seed, for differences that are "
                        "symmetric about their mean") +
      ", at the pair's own step of Holm's correction over all pairs. The thin bars are simultaneous: all of "
      "them hold together with 95 %. Both "
      "describe only the effect of the seed and take the images as given. Right of zero the first model is "
      "better.</p>\n";
  if (const std::string rows =
          judging_rows_sentence(analysis.all_models, analysis.stored->experiment.analysis);
      !rows.empty()) {
    html += "<p class=\"note\">" + escape_html(rows) +
            " No difference of validation accuracies is judged: they are optimistic.</p>\n";
  }
  const std::vector<Comparison> validation = pairs_drawn(analysis, analysis.on_validation);
  const std::vector<Comparison> judging = pairs_drawn(analysis, analysis.on_judging);
  const std::vector<Comparison> test = pairs_drawn(analysis, analysis.on_test);
  const std::size_t family = analysis.deciding().front().family;
  const std::optional<double> limit = analysis.limit();
  const bool lists_all = pairs_of(analysis.models.size()) <= kMostPairsListed;
  if (!lists_all) {
    html += fmt::format(
        "<p class=\"note\">The tables list the pairs of the best model, the plots the first {} of them. The "
        "correction covers all {}.</p>\n",
        test.size(), counted(family, "pair"));
  } else if (test.size() < analysis.on_test.size()) {
    html += "<p class=\"note\">The plots show the pairs of the best model; the tables list all pairs.</p>\n";
  }
  if (limit) {
    html += fmt::format(
        "<p class=\"note\">The smallest difference that matters is {} (dashed). A pair is the same if two "
        "one-sided tests show that it differs by less, with Holm's correction over all pairs: then its "
        "“interval "
        "for the same” lies within that limit. A pair can differ and be the same; a choice is made among the "
        "same.</p>\n",
        limit_text(analysis.stored->experiment.analysis));
  }
  const auto carried = [](const Comparison& each) { return each.few_runs_carry(); };
  if (std::ranges::any_of(analysis.deciding(), carried) || std::ranges::any_of(analysis.on_test, carried)) {
    html +=
        "<p class=\"note\">“few runs”: a few runs carry the difference. Without the tenth of the seeds at "
        "either end it loses more than half.</p>\n";
  }
  if (std::ranges::any_of(test, [](const Comparison& each) { return std::isfinite(each.interval.low); })) {
    const std::vector<Comparison>& other = judging.empty() ? validation : judging;
    const Interval axis = common_axis(other, test);
    html += "<div class=\"grid-2\">\n" +
            (other.empty()
                 ? ""
                 : html_figure(differences_chart(
                       other, judging.empty() ? "validation accuracy" : "judging accuracy", axis, limit))) +
            html_figure(differences_chart(test, "test accuracy", axis, limit)) + "</div>\n";
  }
  html += missing_from_pairs(analysis) + failure_table(analysis);
  const std::string which = lists_all ? "all pairs" : "the best and each other model";
  const auto listed = [&](const std::vector<Comparison>& comparisons) {
    return comparison_table(analysis, lists_all ? comparisons : pairs_of_best(analysis, comparisons),
                            comparisons.front().family);
  };
  const std::string open = analysis.deciding().size() <= 10 ? " open" : "";
  if (!analysis.on_validation.empty()) {
    html += "<details" + open + "><summary>Validation accuracy, " + which + "</summary>\n" +
            listed(analysis.on_validation) + "</details>\n";
  }
  if (!analysis.on_judging.empty()) {
    html += "<details" + open + "><summary>Accuracy on the judging rows, " + which + "</summary>\n" +
            listed(analysis.on_judging) + "</details>\n";
  }
  html += "<details" + (analysis.judged == kTestAccuracy ? open : "") + "><summary>Test accuracy, " + which +
          "</summary>\n" + listed(analysis.on_test);
  if (has_new_images(analysis.on_test)) {
    html += fmt::format(
        "<p class=\"note\">“On new images” is the interval for new seeds and new images: a two-way analysis "
        "of "
        "runs and images, corrected over all {} (Bonferroni). More runs shrink only the part of the seeds. "
        "“too few images”: the models differ on fewer than {} test images.</p>\n",
        analysis.looks == Looks::kOnce ? "pairs" : "pairs and looks", kFewestDifferingImages);
  }
  return html + "</details>\n</section>\n";
}

}  // namespace gpu_sweep
