#include "engine/report/text/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/report/display_width.h"
#include "engine/report/finite_json.h"
#include "engine/statistics/judge/judgement_words.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

/// Returns the rows as lines, with the first column aligned left and the others right.
std::string aligned(const std::vector<Cells>& rows) {
  std::vector<int> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line = pad_right(row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i) line += "  " + pad_left(row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string models_table(const Judgement& judgement, bool higher) {
  const int digits = judged_digits(judgement);
  const bool datasets = judgement.rule == JudgeRule::kDataSets;
  std::vector<Cells> rows = {{"model", datasets ? "data sets" : "runs", "failed", "mean", "std", ""}};
  for (std::size_t i = 0; i < judgement.models.size(); ++i) {
    const JudgedModel& model = judgement.models[i];
    const std::string mark = judged_mark(judgement, i, higher);
    const std::string failed =
        fmt::format("{}{} (up to {})", with_thousands(model.failed),
                    datasets ? " of " + with_thousands(model.all) : "", percent(model.failed_upper, 0));
    rows.push_back({printable(model.name), with_thousands(model.runs), failed, fixed(model.mean, digits),
                    model.std_n_minus_1 ? fixed(*model.std_n_minus_1, digits) : "–", mark});
  }
  return aligned(rows);
}

std::string pairs_table(const Judgement& judgement) {
  constexpr std::size_t kMostPairsInText = 200;
  const int digits = judged_digits(judgement);
  std::vector<Cells> rows = {{"pair", "n", "difference", "interval", "p (Holm)", ""}};
  for (const JudgedPair& pair : judgement.pairs) {
    const bool with_best = pair.a == judgement.best || pair.b == judgement.best;
    if (judgement.pairs.size() > kMostPairsInText && !with_best) continue;
    rows.push_back({printable(judgement.models[pair.a].name + " − " + judgement.models[pair.b].name),
                    pair.n_a == pair.n_b ? with_thousands(pair.n_a)
                                         : with_thousands(pair.n_a) + "/" + with_thousands(pair.n_b),
                    fixed(pair.difference, digits), judged_interval(pair.interval, digits),
                    p_number(pair.p_holm), judged_pair_mark(pair)});
  }
  return aligned(rows) +
         (judgement.pairs.size() > kMostPairsInText ? "only pairs with the best mean are shown\n" : "");
}

std::string block(const std::string& title, const Judgement& judgement, std::size_t family, bool higher) {
  return fmt::format("{}{}\n{}\n\n{}\n{}\n", title.empty() ? "" : printable(title) + "\n",
                     printable(judgement_sentences(judgement, family, higher)), printable(judgement.reason),
                     models_table(judgement, higher), pairs_table(judgement));
}

const char* rule_name(JudgeRule rule) {
  switch (rule) {
    case JudgeRule::kPaired:
      return "paired";
    case JudgeRule::kUnpaired:
      return "unpaired";
    case JudgeRule::kResampled:
      return "resampled";
    case JudgeRule::kDataSets:
      return "data sets";
  }
  return "";
}

Json finite_ends(const std::optional<Interval>& interval) {
  return interval ? Json{finite_json(interval->low), finite_json(interval->high)} : Json(nullptr);
}

Json to_json(const Judgement& judgement, std::size_t family, bool higher) {
  Json models = Json::array();
  for (const JudgedModel& model : judgement.models) {
    models.push_back({{"name", model.name},
                      {"runs", model.runs},
                      {"failed", model.failed},
                      {"all_runs", model.all},
                      {"failed_interval", finite_ends(model.failed_interval)},
                      {"failed_upper", model.failed_upper},
                      {"mean", finite_json(model.mean)},
                      {"std_n_minus_1", model.std_n_minus_1 ? Json(*model.std_n_minus_1) : Json(nullptr)}});
    if (judgement.race) {
      models.back()["left_race_after"] = model.left_race_after ? Json(*model.left_race_after) : Json(nullptr);
    }
  }
  Json pairs = Json::array();
  for (const JudgedPair& pair : judgement.pairs) {
    pairs.push_back({{"first_model", judgement.models[pair.a].name},
                     {"second_model", judgement.models[pair.b].name},
                     {"first_runs", pair.n_a},
                     {"second_runs", pair.n_b},
                     {"mean_difference", finite_json(pair.difference)},
                     {"p", pair.p},
                     {"p_holm", pair.p_holm},
                     {"told", pair.told},
                     {"equivalence", equivalence_json(pair.equivalence)},
                     {"interval", finite_ends(pair.interval)},
                     {"interval_simultaneous", finite_ends(pair.simultaneous)}});
  }
  return {{"dataset", judgement.dataset.empty() ? Json(nullptr) : Json(judgement.dataset)},
          {"verdict", judgement_sentences(judgement, family, higher)},
          {"rule", rule_name(judgement.rule)},
          {"reason", judgement.reason},
          {"every_look_counted", judgement.every_look},
          {"least", judgement.least},
          {"smallest_difference", judgement.limit ? Json(*judgement.limit) : Json(nullptr)},
          {"max_failed", judgement.max_failed},
          {"best", judgement.best ? Json(judgement.models[*judgement.best].name) : Json(nullptr)},
          {"models", std::move(models)},
          {"pairs", std::move(pairs)}};
}

}  // namespace

std::string judgement_text(const JudgedTable& table, const Judgements& judgements) {
  const bool higher = table.higher_is_better;
  std::string text = fmt::format("{}: {}, {} is better\n\n", printable(table.file), printable(table.score),
                                 higher ? "higher" : "lower");
  for (const Judgement& each : judgements.datasets) {
    text += block(each.dataset, each, judgements.family, higher) + "\n";
  }
  if (judgements.other_data) {
    text += block("on other data sets", *judgements.other_data, judgements.other_data->pairs.size(), higher) +
            "\n";
  }
  const std::string note = other_data_note(judgements);
  if (!note.empty()) text += note + "\n\n";
  if (std::ranges::none_of(judgements.datasets, [](const Judgement& each) { return each.every_look; })) {
    text +=
        "The number of runs is taken as fixed beforehand; if it followed from looks at the scores, state\n"
        "--until-decided.\n";
  }
  return text +
         "Intervals are of the pair's own step of Holm's correction: a pair is told if and only if 0 is "
         "outside.\n"
         "Means are of finished runs; the share of failed runs has a 95 % upper limit.\n";
}

Json judgement_json(const JudgedTable& table, const Judgements& judgements) {
  const bool higher = table.higher_is_better;
  Json datasets = Json::array();
  for (const Judgement& each : judgements.datasets)
    datasets.push_back(to_json(each, judgements.family, higher));
  return {{"file", table.file},
          {"score", table.score},
          {"better", higher ? "higher" : "lower"},
          {"pairs_corrected", judgements.family},
          {"datasets", std::move(datasets)},
          {"left_out_of_other_data_sets", judgements.left_out_of_other_data},
          {"other_data_sets", judgements.other_data ? to_json(*judgements.other_data,
                                                              judgements.other_data->pairs.size(), higher)
                                                    : Json(nullptr)}};
}

}  // namespace gpu_sweep
