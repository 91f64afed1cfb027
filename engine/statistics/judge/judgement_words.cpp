#include "engine/statistics/judge/judgement_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/race.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {

int judged_digits(const Judgement& judgement) {
  double spread = 0;
  for (const JudgedModel& model : judgement.models) {
    if (!model.std_n_minus_1 || *model.std_n_minus_1 <= 0) continue;
    spread = spread > 0 ? std::min(spread, *model.std_n_minus_1) : *model.std_n_minus_1;
  }
  if (spread <= 0) return 4;
  return std::clamp(static_cast<int>(std::ceil(-std::log10(spread))) + 1, 0, 9);
}

std::string other_data_note(const Judgements& judgements) {
  if (judgements.datasets.size() < 2) return "";
  if (!judgements.other_data) {
    return fmt::format(
        "Nothing is said about other data sets: that takes {} of them with runs of every model.",
        kFewestDataSets);
  }
  const std::vector<std::string>& left_out = judgements.left_out_of_other_data;
  return left_out.empty()
             ? ""
             : fmt::format("Left out of the verdict on other data sets, without finished runs on each: {}.",
                           named_models(left_out));
}

std::string named_models(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 6;
  const std::size_t shown = names.size() <= kMost ? names.size() : kMost - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + quoted(names[i]);
  }
  if (shown == names.size()) return text;
  return text + fmt::format(" and {} more", with_thousands(static_cast<long long>(names.size() - shown)));
}

JudgedLead lead_of(const JudgedPair& pair, bool higher_is_better) {
  const bool a_leads = higher_is_better ? pair.difference >= 0 : pair.difference <= 0;
  JudgedLead lead{a_leads ? pair.a : pair.b, a_leads ? pair.b : pair.a, std::abs(pair.difference),
                  pair.interval};
  const bool turned = pair.difference < 0 || (pair.difference == 0 && !a_leads);
  if (turned && lead.interval) lead.interval = {-lead.interval->high, -lead.interval->low};
  return lead;
}

namespace {

std::string counted_units(const Judgement& judgement, int count) {
  const char* what = judgement.rule == JudgeRule::kDataSets    ? "data set"
                     : judgement.rule == JudgeRule::kResampled ? "resample"
                     : judgement.rule == JudgeRule::kPaired    ? "seed"
                                                               : "run";
  return counted(static_cast<std::size_t>(count), what);
}

}  // namespace

std::string judged_runs_of_pairs(const Judgement& judgement) {
  int fewest = std::numeric_limits<int>::max();
  int most = 0;
  for (const JudgedPair& pair : judgement.pairs) {
    fewest = std::min({fewest, pair.n_a, pair.n_b});
    most = std::max({most, pair.n_a, pair.n_b});
  }
  const std::string text = counted_units(judgement, most);
  return fewest == most ? text : with_thousands(fewest) + " to " + text;
}

std::string judged_runs(const Judgement& judgement, const JudgedPair& pair) {
  const std::string most = counted_units(judgement, std::max(pair.n_a, pair.n_b));
  return pair.n_a == pair.n_b ? most : with_thousands(std::min(pair.n_a, pair.n_b)) + " and " + most;
}

std::string judged_mark(const Judgement& judgement, std::size_t model, bool higher_is_better) {
  const JudgedModel& judged = judgement.models[model];
  if (judged.left_race_after) return left_text(*judged.left_race_after);
  if (!judged.eligible) return "not chosen: failed too often";
  if (judgement.best == model) return "best mean";
  for (const JudgedPair& pair : judgement.pairs) {
    const bool with_best =
        judgement.best && std::minmax(*judgement.best, model) == std::minmax(pair.a, pair.b);
    if (with_best && pair.same()) return "the same as the best";
    if (with_best && !pair.told) return "not told from the best";
    if (with_best && lead_of(pair, higher_is_better).better == model) return "better than the best mean";
  }
  return "";
}

std::string judged_pair_mark(const JudgedPair& pair) {
  return std::string(pair.told ? "told" : "") + (pair.told && pair.same() ? ", " : "") +
         (pair.same() ? "the same" : "");
}

std::string judged_interval(const std::optional<Interval>& interval, int digits) {
  if (!interval) return "–";
  if (!std::isfinite(interval->low) || !std::isfinite(interval->high)) return "any value";
  return fixed(interval->low, digits) + " to " + fixed(interval->high, digits);
}

}  // namespace gpu_sweep
