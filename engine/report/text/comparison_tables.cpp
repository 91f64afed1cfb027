#include "engine/report/text/comparison_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "engine/report/display_width.h"
#include "engine/report/diverged.h"
#include "engine/report/finite_json.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/runs_of_models.h"
#include "engine/statistics/wording.h"
#include "engine/store/database/experiment_changes.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kMetrics = {kValidationAccuracy, kTestAccuracy,
                                 Metric{Split::kValidation, Measure::kLoss}};
constexpr std::size_t kMostPairs = 10'000;  // comparing these takes a few seconds
constexpr int kModelWidth = 32;
constexpr std::array kColumnWidths = {6, 8, 18, 9, 17};  // runs, mean, interval, p, share

using ModelsByName = std::unordered_map<std::string_view, const ModelRuns*>;

ModelsByName models_by_name(const std::vector<ModelRuns>& models) {
  ModelsByName found;
  for (const ModelRuns& model : models) found.emplace(model.model.name, &model);
  return found;
}

/// Returns the looks at the results that p-values must allow for: kAfterEach if seeds were added after a look
/// in at least one of the studies, otherwise kOnce.
Looks looks_of_both(const ComparedExperiment& first, const ComparedExperiment& second) {
  const bool once = looks_of(first.stored->experiment.analysis) == Looks::kOnce &&
                    looks_of(second.stored->experiment.analysis) == Looks::kOnce;
  return once ? Looks::kOnce : Looks::kAfterEach;
}

std::vector<Comparison> compare_metric(const ComparedExperiment& first, const ComparedExperiment& second,
                                       const Metric& metric, bool all_pairs) {
  std::vector<ModelPair> pairs;
  const ModelsByName by_name = models_by_name(second.models);
  for (const ModelRuns& a : first.models) {
    if (const auto same = by_name.find(a.model.name); same != by_name.end()) {
      pairs.push_back({&a, same->second});
    }
    for (std::size_t b = 0; all_pairs && b < second.models.size(); ++b) {
      pairs.push_back({&a, &second.models[b]});
    }
  }
  return compare_pairs(pairs, metric, 0, {}, looks_of_both(first, second));
}

/// Returns whether the validation rows judge the models: judged_metric says so, and there are such rows.
bool validation_judges(const ComparedExperiment& each) {
  return judged_metric(*each.stored) == kValidationAccuracy &&
         std::ranges::all_of(each.models, [](const ModelRuns& model) {
           return model.runs.empty() || model.runs.front()->has_rows(Split::kValidation);
         });
}

/// Returns whether runs of equal seeds hold out the same rows of the training file. If they hold out
/// different rows, differences between validation metrics are partly due to the rows, and no number of seeds
/// averages this part out.
bool same_validation_rows(const ComparedExperiment& first, const ComparedExperiment& second) {
  const DataSettings& a = first.stored->provenance.data_settings;
  const DataSettings& b = second.stored->provenance.data_settings;
  return a.validation == b.validation && a.split == b.split && a.judge == b.judge;
}

bool share_names(const ComparedExperiment& first, const ComparedExperiment& second) {
  const ModelsByName by_name = models_by_name(second.models);
  return std::ranges::any_of(first.models,
                             [&](const ModelRuns& a) { return by_name.contains(a.model.name); });
}

/// Throws Error(kUsage) if there are more than kMostPairs pairs of a model of `first` and a model of
/// `second`.
void refuse_too_many_pairs(const ComparedExperiment& first, const ComparedExperiment& second) {
  if (first.models.size() * second.models.size() <= kMostPairs) return;
  throw Error(
      ExitCode::kUsage,
      fmt::format("{} and {} have no model name in common: found {} x {} pairs of models, expected "
                  "at most {}",
                  first.directory, second.directory, first.models.size(), second.models.size(), kMostPairs));
}

/// Returns the changes from the first experiment to the second, as "key: first -> second", empty if there are
/// none. Of the models, only those of equal name are compared. The names of the experiments, their numbers of
/// runs, their analysis settings and their shards do not count.
std::vector<std::string> changes_between(const ComparedExperiment& first, const ComparedExperiment& second) {
  StoredExperiment common = *first.stored;
  Provenance provenance = second.stored->provenance;
  provenance.shard = common.provenance.shard;
  common.experiment.name = second.stored->experiment.name;
  common.experiment.runs = second.stored->experiment.runs;
  common.experiment.analysis = second.stored->experiment.analysis;
  std::unordered_set<std::string_view> names;
  for (const ModelSpec& model : second.stored->experiment.models) names.insert(model.name);
  std::erase_if(common.experiment.models,
                [&](const ModelSpec& model) { return !names.contains(model.name); });
  return experiment_changes(common, second.stored->experiment, provenance);
}

/// Returns a line for each model that has diverged runs or no runs. The comparisons of such a model do not
/// cover all seeds.
std::string missing_runs(const char* which, const ComparedExperiment& each) {
  std::string text;
  for (const ModelRuns& model : each.models) {
    const std::string missing = missing_runs_text(model);
    if (!missing.empty()) text += fmt::format("{}  {}: {}\n", which, printable(model.model.name), missing);
  }
  return text;
}

std::string row(const std::string& name, const std::array<std::string, 5>& cells) {
  std::string text = display_width(name) > kModelWidth ? name + "\n" + std::string(kModelWidth, ' ')
                                                       : pad_right(name, kModelWidth);
  for (std::size_t i = 0; i < cells.size(); ++i) text += "  " + pad_left(cells[i], kColumnWidths[i]);
  return text + "\n";
}

std::string row(const Comparison& each) {
  const bool loss = each.metric.measure == Measure::kLoss;
  const auto shown = [&](double value) { return loss ? fixed(value, 4) : points(value); };
  const std::string name = each.a == each.b ? each.a : each.a + " − " + each.b;
  const std::string interval = std::isfinite(each.interval.low)
                                   ? shown(each.interval.low) + " to " + shown(each.interval.high)
                                   : "too few runs";
  const std::string p = p_number(each.p_holm);
  const std::string share = percent(each.greater_share, 0) + " (" +
                            points(each.greater_interval.value().low, 0) + " to " +
                            points(each.greater_interval.value().high, 0) + ")";
  return row(printable(name), {with_thousands(each.n), shown(each.mean_difference), interval, p, share});
}

std::string conclusion(const std::vector<Comparison>& comparisons) {
  const auto told =
      std::count_if(comparisons.begin(), comparisons.end(), [](const Comparison& each) { return each.told; });
  const auto carried = std::count_if(comparisons.begin(), comparisons.end(),
                                     [](const Comparison& each) { return each.few_runs_carry(); });
  if (!can_tell_some(comparisons)) {
    return fmt::format("Too few runs to tell: at least {} on equal seeds are needed.\n",
                       comparisons.front().fewest_runs());
  }
  std::string text =
      fmt::format("Pairs that differ by more than seed noise (zero outside the interval): {} of {}.\n",
                  with_thousands(told), with_thousands(static_cast<long long>(comparisons.size())));
  if (carried > 0) {
    text += fmt::format(
        "A few runs carry the difference in {}: without the tenth of the seeds at either end it "
        "loses more than half.\n",
        counted(static_cast<std::size_t>(carried), "pair"));
  }
  return text;
}

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json range(const std::optional<Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

}  // namespace

std::vector<std::vector<Comparison>> compare_experiments(const ComparedExperiment& first,
                                                         const ComparedExperiment& second) {
  if (first.stored->provenance.data_sha256 != second.stored->provenance.data_sha256) {
    throw Error(ExitCode::kUsage, first.directory + " and " + second.directory +
                                      " were trained on different data: their metrics cannot be compared");
  }
  std::vector<std::vector<Comparison>> metrics;
  const bool all_pairs = !share_names(first, second);
  if (all_pairs) refuse_too_many_pairs(first, second);
  const bool validation =
      validation_judges(first) && validation_judges(second) && same_validation_rows(first, second);
  for (const Metric& metric : kMetrics) {
    if (metric.split == Split::kValidation && !validation) continue;
    metrics.push_back(compare_metric(first, second, metric, all_pairs));
  }
  if (metrics.front().empty()) {
    throw Error(ExitCode::kUsage,
                first.directory + " and " + second.directory +
                    " have no finished runs of equal seeds to compare, expected seeds in common");
  }
  return metrics;
}

std::string comparison_tables(const ComparedExperiment& first, const ComparedExperiment& second,
                              const std::vector<std::vector<Comparison>>& metrics) {
  const auto heading = [](const char* which, const ComparedExperiment& each) {
    return fmt::format("{}  {} ({}, {})\n", which, printable(each.directory),
                       printable(each.stored->provenance.device_name),
                       to_string(each.stored->provenance.precision));
  };
  std::string text = heading("first ", first) + heading("second", second);
  if (share_names(first, second)) {
    const std::vector<std::string> changes = changes_between(first, second);
    if (changes.empty()) text += "changed nothing: the two agree on the models that they share\n";
    for (std::size_t i = 0; i < changes.size(); ++i) {
      text += (i == 0 ? "changed " : "        ") + printable(changes[i]) + '\n';
    }
  }
  if (looks_of_both(first, second) == Looks::kAfterEach) {
    text +=
        "looks   p and intervals count a look after every seed, and hold for differences that are "
        "symmetric\n";
  }
  for (const ComparedExperiment* each : {&first, &second}) {
    const Metric judged = judged_metric(*each->stored);
    if (judged == kValidationAccuracy) continue;
    text += fmt::format("{}  {}: test rows judge\n", each == &first ? "first " : "second",
                        judged == kJudgingAccuracy
                            ? "judging rows are of one study"
                            : "validation rows chose epochs, learning rates or who remains in a race");
  }
  if (!same_validation_rows(first, second)) {
    text +=
        "rows    the two hold out different rows for validation: test rows judge, and what they say is of "
        "models\n        that were trained on different rows\n";
  }
  text += missing_runs("first ", first) + missing_runs("second", second);
  for (const std::vector<Comparison>& comparisons : metrics) {
    const Metric metric = comparisons.front().metric;
    const char* unit = metric.measure == Measure::kLoss ? "" : ", percentage points";
    text += fmt::format("\n{}: first minus second{}\n", to_string(metric), unit);
    text += row("", {"runs", "mean", "interval", "p (Holm)", "first is greater"});
    for (const Comparison& each : comparisons) text += row(each);
    text += conclusion(comparisons);
  }
  return text;
}

Json comparison_json(const ComparedExperiment& first, const ComparedExperiment& second,
                     const std::vector<std::vector<Comparison>>& metrics) {
  Json list = Json::array();
  for (const std::vector<Comparison>& comparisons : metrics) {
    for (const Comparison& each : comparisons) {
      const bool once = each.looks == Looks::kOnce;
      list.push_back({{"first_model", each.a},
                      {"second_model", each.b},
                      {"figure", to_string(each.metric)},
                      {"runs", each.n},
                      {"mean_difference", each.mean_difference},
                      {"interval", range(each.t_interval)},
                      {"wilcoxon_p", each.wilcoxon ? Json(each.wilcoxon->p) : Json(nullptr)},
                      {"wilcoxon_p_holm", optional_number(each.wilcoxon_holm)},
                      {"sign_flip_p", once ? Json(each.p) : Json(nullptr)},
                      {"sign_flip_p_holm", once ? Json(each.p_holm) : Json(nullptr)},
                      {"told", each.told},
                      {"holm_interval", finite_json(each.interval)},
                      {"simultaneous_interval", finite_json(each.simultaneous)},
                      {"few_runs_carry", each.few_runs_carry()},
                      {"first_greater", each.greater_share},
                      {"first_greater_interval", range(each.greater_interval)}});
      if (once) continue;
      list.back()["anytime_p"] = each.p;
      list.back()["anytime_p_holm"] = each.p_holm;
    }
  }
  const Json changes = share_names(first, second) ? Json(changes_between(first, second)) : Json(nullptr);
  return {{"first", first.directory},
          {"second", second.directory},
          {"changes", changes},
          {"same_validation_rows", same_validation_rows(first, second)},
          {"comparisons", std::move(list)}};
}

}  // namespace gpu_sweep
