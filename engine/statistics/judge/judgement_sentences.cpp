// The verdict in sentences.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/judge/judgement_words.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

/// "“a”", "“a” and “b”", "“a”, “b” and 3 more"
std::string named(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 6;
  const std::size_t shown = names.size() <= kMost ? names.size() : kMost - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + quoted(names[i]);
  }
  return shown < names.size() ? text + fmt::format(" and {} more", names.size() - shown) : text;
}

std::string corrected(std::size_t family) {
  return family == 1 ? ""
                     : fmt::format(", {} pairs corrected", with_thousands(static_cast<long long>(family)));
}

std::string better(const Judgement& judgement, const JudgedPair& pair, std::size_t family, bool higher) {
  const JudgedLead lead = lead_of(pair, higher);
  const int digits = judged_digits(judgement);
  return fmt::format("{} is better than {} by {} ({}; {}{})", quoted(judgement.models[lead.better].name),
                     quoted(judgement.models[lead.worse].name), fixed(lead.lead, digits),
                     judged_interval(lead.interval, digits), judged_runs(judgement, pair), corrected(family));
}

std::string undecided(const Judgement& judgement, const JudgedPair& pair, std::size_t family, bool higher) {
  const JudgedLead lead = lead_of(pair, higher);
  const int digits = judged_digits(judgement);
  return fmt::format(
      "These runs do not say which of {} and {} is better: the first leads by {}, and its lead may be "
      "anything "
      "between {} and {} ({}{})",
      quoted(judgement.models[lead.better].name), quoted(judgement.models[lead.worse].name),
      fixed(lead.lead, digits), fixed(lead.interval->low, digits), fixed(lead.interval->high, digits),
      judged_runs(judgement, pair), corrected(family));
}

std::string too_few(const Judgement& judgement) {
  int most = 0;
  for (const JudgedPair& pair : judgement.pairs) most = std::max({most, pair.n_a, pair.n_b});
  const char* what = judgement.rule == JudgeRule::kDataSets ? "data set" : "run";
  return fmt::format("{}{} cannot tell {} models apart, whatever the scores: it takes {}.",
                     counted(static_cast<std::size_t>(most), what),
                     judgement.rule == JudgeRule::kDataSets ? "" : " of each", judgement.models.size(),
                     judgement.least);
}

/// Names models that failed too often to be chosen although their mean would be the best.
std::string not_chosen(const Judgement& judgement, bool higher) {
  std::string text;
  for (const JudgedModel& model : judgement.models) {
    if (model.eligible() || model.runs == 0) continue;
    const double best = judgement.best ? judgement.models[*judgement.best].mean : NAN;
    if (judgement.best && (higher ? model.mean <= best : model.mean >= best)) continue;
    text +=
        fmt::format(" {} has a better mean, but {} of its {} failed: it is not chosen.", quoted(model.name),
                    model.failed, counted(static_cast<std::size_t>(model.runs + model.failed), "run"));
  }
  return text;
}

/// Compares the best mean of many models with all others.
std::string best_of_many(const Judgement& judgement, std::size_t family, bool higher) {
  const std::string& best = judgement.models[*judgement.best].name;
  std::vector<std::string> told;
  std::vector<std::string> open;
  const JudgedPair* closest = nullptr;
  for (const JudgedPair& pair : judgement.pairs) {
    if (pair.a != *judgement.best && pair.b != *judgement.best) continue;
    const JudgedModel& other = judgement.models[pair.a == *judgement.best ? pair.b : pair.a];
    if (other.runs == 0) continue;
    (pair.told && lead_of(pair, higher).better == *judgement.best ? told : open).push_back(other.name);
    if (std::isfinite(pair.difference) &&
        (closest == nullptr || std::abs(pair.difference) < std::abs(closest->difference))) {
      closest = &pair;
    }
  }
  if (closest == nullptr)
    return fmt::format("{} is the only model with finished runs to compare.", quoted(best));
  if (open.empty()) {
    return fmt::format("{} is better than all {} others. Closest: {}.", quoted(best), told.size(),
                       better(judgement, *closest, family, higher));
  }
  std::string text = fmt::format("{} has the best mean, but is not told from {}.", quoted(best), named(open));
  if (!told.empty()) text += fmt::format(" It is better than {}.", named(told));
  const auto all = std::ranges::count_if(judgement.pairs, [](const JudgedPair& pair) { return pair.told; });
  return text + fmt::format(" Of {} here, {} told apart ({}{}).", counted(judgement.pairs.size(), "pair"),
                            all == 1 ? "1 is" : fmt::format("{} are", all), judged_runs(judgement, *closest),
                            corrected(family));
}

}  // namespace

std::string judgement_sentences(const Judgement& judgement, std::size_t family, bool higher_is_better) {
  std::string text;
  if (!judgement.best) {
    return "No model is chosen: each failed in more than 10 % of its runs.";
  }
  if (!judgement.can_tell()) {
    text = too_few(judgement);
  } else if (judgement.models.size() == 2) {
    const JudgedPair& pair = judgement.pairs[0];
    text = (pair.told ? better(judgement, pair, family, higher_is_better)
                      : undecided(judgement, pair, family, higher_is_better)) +
           ".";
  } else {
    text = best_of_many(judgement, family, higher_is_better);
  }
  return text + not_chosen(judgement, higher_is_better);
}

}  // namespace gpu_sweep
