#include "engine/report/export/latex.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "engine/experiment/hyper_parameters.h"
#include "engine/report/display_width.h"
#include "engine/report/stopped_runs.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/pair_sentences.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::string mean_in_latex(const ModelRuns& model, const Metric& metric) {
  if (model.runs.empty()) return "--";
  const Description found = describe(values_of(model, metric));
  if (std::isnan(found.mean)) return "--";  // the split has no rows
  return found.n == 1 ? fmt::format("${:.2f}$", 100 * found.mean)
                      : fmt::format("${:.2f} \\pm {:.2f}$", 100 * found.mean, 100 * found.std_n);
}

/// The table has a column of accuracies on the judging rows if the study has any.
std::string models_table(const ReportAnalysis& analysis) {
  std::vector<Metric> columns = {kValidationAccuracy, kTestAccuracy};
  if (analysis.judged == kJudgingAccuracy) columns.insert(columns.begin() + 1, kJudgingAccuracy);
  std::string text = fmt::format(
      "% Accuracy in percent: mean and standard deviation (n) over finished runs. Failed: share of diverged\n"
      "% runs and its 95 % upper bound. Needs \\usepackage{{booktabs}}.\n"
      "\\begin{{tabular}}{{lrr{}}}\n\\toprule\nmodel & runs & failed",
      std::string(columns.size(), 'r'));
  for (const Metric& column : columns) text += std::string(" & ") + to_string(column.split);
  text += " \\\\\n\\midrule\n";
  for (const ModelRuns& model : analysis.all_models) {
    const Failures failed = failures_of(model, analysis.looks);
    text += fmt::format("{} & {} & {:.0f}\\,\\% ($\\le$ {:.0f}\\,\\%)", latex_text(model.model.name),
                        model.runs.size(), 100 * failed.share, 100 * failed.upper);
    for (const Metric& column : columns) text += " & " + mean_in_latex(model, column);
    text += " \\\\\n";
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

std::string range_in_latex(const Interval& interval) {
  return std::isfinite(interval.low)
             ? fmt::format("$[{:.2f},\\ {:.2f}]$", 100 * interval.low, 100 * interval.high)
             : "--";
}

/// Returns whether the table lists all pairs, as it does for up to 50 models. Otherwise it lists only the
/// pairs with the model of the highest mean.
bool lists_all_pairs(const ReportAnalysis& analysis) {
  constexpr std::size_t kMostPairsInTable = 1'225;
  return pairs_of(analysis.models.size()) <= kMostPairsInTable;
}

bool own_splits(const ReportAnalysis& analysis) {
  return !analysis.on_validation.empty() && analysis.on_validation.front().test_to_train > 0;
}

std::string pairs_table(const ReportAnalysis& analysis) {
  const std::size_t best = best_by_validation(analysis.models);
  const bool all = lists_all_pairs(analysis);
  const bool limit = analysis.limit().has_value();
  std::string text = fmt::format(
      "% Differences of {} on equal seeds in percentage points: {}, p\n"
      "% after Holm's correction over all pairs.{} Needs \\usepackage{{booktabs}}.\n"
      "\\begin{{tabular}}{{lrrrr{}}}\n\\toprule\npair & runs & difference & interval & $p${} "
      "\\\\\n\\midrule\n",
      to_string(analysis.judged),
      own_splits(analysis)             ? "t-tests corrected for overlapping training sets"
      : analysis.looks == Looks::kOnce ? "sign flips of the mean"
                                       : "a test valid after every look",
      all ? "" : " Only pairs with the highest mean are listed.", limit ? "r" : "",
      limit ? " & the same" : "");
  for (const Comparison& each : analysis.deciding()) {
    if (!all && each.first != best && each.second != best) continue;
    text +=
        fmt::format("{} -- {} & {} & ${:.2f}$ & {} & ${}${} \\\\\n", latex_text(each.a), latex_text(each.b),
                    each.n, 100 * each.mean_difference, range_in_latex(each.interval), p_number(each.p_holm),
                    !limit        ? ""
                    : each.same() ? " & yes"
                                  : " & no");
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

std::string methods_paragraph(const ReportAnalysis& analysis) {
  const Experiment& experiment = analysis.stored->experiment;
  const AnalysisSettings& settings = experiment.analysis;
  const std::size_t pairs = analysis.models.size() < 2 ? 0 : analysis.family;
  std::string text = fmt::format(
      "We trained {}{} of each of {} with gpu_sweep {} in {}. Seeds count from {}; runs of equal "
      "seed see the same batches. {} of {} diverged and {} left out of the means; a model of which more than "
      "{} of the runs diverged cannot be chosen. ",
      settings.until_decided ? "at most " : "", counted(static_cast<std::size_t>(experiment.runs), "run"),
      counted(experiment.models.size(), "model"), analysis.stored->provenance.program_version,
      to_string(analysis.stored->provenance.precision), experiment.seed, analysis.diverged,
      counted(analysis.runs + static_cast<std::size_t>(analysis.diverged), "run"),
      analysis.diverged == 1 ? "is" : "are", percent(settings.max_diverged, 0));
  if (pairs > 0) {
    text += fmt::format(
        "Models are compared by {}, measured {}, seed by seed: two-sided {}, with Holm's "
        "correction over {} at a family-wise error of 5 %. Intervals invert the same test at each pair's own "
        "step. ",
        to_string(analysis.judged), time_of_final_metrics(experiment),
        own_splits(analysis) ? "t-tests of the mean difference with Nadeau and Bengio's correction"
        : analysis.looks == Looks::kOnce
            ? "sign-flip tests of the mean difference, exact"
            : "tests of the mean difference that stay valid under a look after every seed, a mixture of "
              "self-normalized martingales",
        pairs == 1 ? "the only pair" : "all " + counted(pairs, "pair"));
    if (std::ranges::any_of(analysis.deciding(), [](const Comparison& each) { return !!each.new_images; })) {
      text +=
          "What is said of new images rests on a two-way analysis of variance of the right answers by runs "
          "and "
          "test images, with Satterthwaite's degrees of freedom and Bonferroni's correction. ";
    }
    const std::string& design = analysis.design.beside_verdict();
    if (!design.empty()) text += design + " ";
  }
  if (settings.smallest_difference) {
    text += fmt::format(
        "Differences below {} do not matter, a limit set {} the runs; two one-sided tests, likewise "
        "corrected, show which models are the same within it. ",
        smallest_text(settings), settings.stated_after_runs ? "after" : "before");
  }
  return latex_text(text + analysis.differences()) + "\n";
}

}  // namespace

std::string latex_text(const std::string& text) {
  std::string result;
  std::string plain = printable(text);
  constexpr std::string_view kMinus = "−";  // LaTeX does not know this character
  for (std::size_t at = plain.find(kMinus); at != std::string::npos; at = plain.find(kMinus, at)) {
    plain.replace(at, kMinus.size(), "\x01");
  }
  for (const char c : plain) {
    if (std::string_view("&%#_{}$").find(c) != std::string_view::npos) {
      result += '\\';
      result += c;
    } else if (c == '\\') {
      result += "\\textbackslash{}";
    } else if (c == '\x01') {
      result += "$-$";
    } else if (c == '~') {
      result += "\\textasciitilde{}";
    } else if (c == '^') {
      result += "\\textasciicircum{}";
    } else {
      result += c;
    }
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> latex_files(const ReportAnalysis& analysis) {
  std::vector<std::pair<std::string, std::string>> files = {{"models.tex", models_table(analysis)},
                                                            {"methods.tex", methods_paragraph(analysis)}};
  if (!analysis.deciding().empty()) files.emplace_back("pairs.tex", pairs_table(analysis));
  return files;
}

}  // namespace gpu_sweep
