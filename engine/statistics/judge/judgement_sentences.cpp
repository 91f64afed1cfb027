// The verdict in sentences.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/judge/judgement_words.h"
#include "engine/statistics/race.h"
#include "engine/statistics/wording.h"

namespace gpu_sweep {
namespace {

std::string count_text(std::size_t n) { return with_thousands(static_cast<long long>(n)); }

std::string corrected(std::size_t family) {
  return family == 1 ? "" : fmt::format(", {} pairs corrected", count_text(family));
}

std::string better(const Judgement& judgement, const JudgedPair& pair, std::size_t family, bool higher) {
  const JudgedLead lead = lead_of(pair, higher);
  const int digits = judged_digits(judgement);
  return fmt::format("{} is better than {} by {} ({}; {}{})", quoted(judgement.models[lead.better].name),
                     quoted(judgement.models[lead.worse].name), fixed(lead.lead, digits),
                     judged_interval(lead.interval, digits), judged_runs(judgement, pair),
                     corrected(family)) +
         (pair.same()
              ? ", which is less than " + number_text(judgement.limit.value()) + ", the limit that was given"
              : "");
}

std::string limit_given(const Judgement& judgement) {
  return number_text(judgement.limit.value()) + ", the limit that was given";
}

/// "“a” and “b” differ by less than 0.1, the limit that was given (−0.03 to 0.05; 10 seeds)"
std::string same(const Judgement& judgement, const JudgedPair& pair, std::size_t family, bool higher) {
  JudgedPair within = pair;
  within.interval = pair.equivalence->interval;
  const JudgedLead lead = lead_of(within, higher);
  return fmt::format("{} and {} differ by less than {} ({}; {}{})",
                     quoted(judgement.models[lead.better].name), quoted(judgement.models[lead.worse].name),
                     limit_given(judgement), judged_interval(lead.interval, judged_digits(judgement)),
                     judged_runs(judgement, pair), corrected(family));
}

std::string undecided(const Judgement& judgement, const JudgedPair& pair, std::size_t family, bool higher) {
  const JudgedLead lead = lead_of(pair, higher);
  const int digits = judged_digits(judgement);
  const std::string which =
      fmt::format("These runs do not say which of {} and {} is better",
                  quoted(judgement.models[lead.better].name), quoted(judgement.models[lead.worse].name));
  const std::string range =
      fmt::format("{} and {} ({}{})", fixed(lead.interval->low, digits), fixed(lead.interval->high, digits),
                  judged_runs(judgement, pair), corrected(family));
  const double mean = judgement.models[lead.better].mean;
  return lead.lead <= 1e-12 * std::abs(mean)
             ? fmt::format("{}: their means are equal, and the lead of the first may be anything between {}",
                           which, range)
             : fmt::format("{}: the first leads by {}, and its lead may be anything between {}", which,
                           fixed(lead.lead, digits), range);
}

/// Says why no pair can be told apart, and names the runs of the pair that has the most runs.
std::string too_few(const Judgement& judgement) {
  const auto fewer_runs = [](const JudgedPair& a, const JudgedPair& b) {
    const auto runs = [](const JudgedPair& pair) {
      return std::pair(std::min(pair.n_a, pair.n_b), std::max(pair.n_a, pair.n_b));
    };
    return runs(a) < runs(b);
  };
  const JudgedPair& most = *std::ranges::max_element(judgement.pairs, fewer_runs);
  if (std::min(most.n_a, most.n_b) == 0) {
    return judgement.rule == JudgeRule::kPaired
               ? "No two models finished a run on the same seed, so none is compared."
           : judgement.rule == JudgeRule::kResampled
               ? "No two models finished a run on the same fold or split, so none is compared."
               : "No two models have finished runs, so none is compared.";
  }
  const std::string have = judged_runs(judgement, most);
  const char* of_each = judgement.rule == JudgeRule::kUnpaired ? " of each" : "";
  return fmt::format("{}{} cannot tell {} models apart, whatever the scores: it takes {}{}.", have,
                     most.n_a == most.n_b ? of_each : "", count_text(judgement.compared()), judgement.least,
                     most.n_a == most.n_b ? "" : of_each);
}

/// Returns whether the model would have the best mean, but failed too often to be chosen.
bool is_passed_over(const Judgement& judgement, const JudgedModel& model, bool higher) {
  if (model.eligible || model.runs == 0 || model.left_race_after) return false;
  const double best = judgement.models[*judgement.best].mean;
  return higher ? model.mean > best : model.mean < best;
}

std::string not_chosen(const Judgement& judgement, bool higher) {
  std::string text;
  for (const JudgedModel& model : judgement.models) {
    if (!is_passed_over(judgement, model, higher)) continue;
    text += fmt::format(" {} has a better mean, but {} of its {} failed: it is not chosen.",
                        quoted(model.name), count_text(static_cast<std::size_t>(model.failed)),
                        counted(static_cast<std::size_t>(model.all), "run"));
  }
  return text;
}

/// Names the runs from which the difference of a pair is computed. This is said where the means of all
/// finished runs rank the two models the other way round.
const char* compared_runs(const Judgement& judgement) {
  switch (judgement.rule) {
    case JudgeRule::kPaired:
      return "on the seeds that both finished";
    case JudgeRule::kResampled:
      return "on the resamples that both finished";
    case JudgeRule::kDataSets:
      return "on these data sets";
    case JudgeRule::kUnpaired:
      break;
  }
  return "by the runs that finished";
}

/// The other models as seen from the one with the best mean.
struct Rivals {
  std::vector<std::string> behind;  ///< told apart, and the best model leads
  std::vector<std::string> open;
  std::vector<std::string> same;         ///< not told apart, and the same within the limit
  std::vector<const JudgedPair*> ahead;  ///< told apart, and the other model leads
  const JudgedPair* closest = nullptr;   ///< the best model's pair with the smallest difference
};

Rivals rivals_of_best(const Judgement& judgement, bool higher) {
  Rivals rivals;
  for (const JudgedPair& pair : judgement.pairs) {
    if (pair.a != *judgement.best && pair.b != *judgement.best) continue;
    const JudgedModel& other = judgement.models[pair.a == *judgement.best ? pair.b : pair.a];
    if (other.runs == 0) continue;
    if (!pair.told) {
      (pair.same() ? rivals.same : rivals.open).push_back(other.name);
    } else if (lead_of(pair, higher).better == *judgement.best) {
      rivals.behind.push_back(other.name);
    } else {
      rivals.ahead.push_back(&pair);
    }
    if (std::isfinite(pair.difference) &&
        (rivals.closest == nullptr || std::abs(pair.difference) < std::abs(rivals.closest->difference))) {
      rivals.closest = &pair;
    }
  }
  std::ranges::stable_sort(rivals.ahead, [](const JudgedPair* a, const JudgedPair* b) {
    return std::abs(a->difference) > std::abs(b->difference);
  });
  return rivals;
}

/// "on the seeds that both finished, “b” is better than “a” by 0.010 (...). The same holds for “c”"
std::string better_than_best(const Judgement& judgement, const std::vector<const JudgedPair*>& ahead,
                             std::size_t family, bool higher) {
  std::string text =
      fmt::format("{}, {}.", compared_runs(judgement), better(judgement, *ahead.front(), family, higher));
  std::vector<std::string> more;
  for (std::size_t i = 1; i < ahead.size(); ++i)
    more.push_back(judgement.models[lead_of(*ahead[i], higher).better].name);
  return more.empty() ? text : text + fmt::format(" The same holds for {}.", named_models(more));
}

std::string best_of_many(const Judgement& judgement, std::size_t family, bool higher) {
  const std::string best = quoted(judgement.models[*judgement.best].name);
  const auto [behind, open, same_models, ahead, closest] = rivals_of_best(judgement, higher);
  if (closest == nullptr) return fmt::format("{} is the only model with finished runs to compare.", best);
  if (open.empty() && same_models.empty() && ahead.empty()) {
    const std::string others = behind.size() == 1   ? quoted(behind.front())
                               : behind.size() == 2 ? "both others"
                                                    : fmt::format("all {} others", count_text(behind.size()));
    return fmt::format("{} is better than {}. Closest: {}.", best, others,
                       better(judgement, *closest, family, higher));
  }
  const bool passed_over = std::ranges::any_of(
      judgement.models, [&](const JudgedModel& model) { return is_passed_over(judgement, model, higher); });
  std::string text = fmt::format("{} has the best mean{}", best,
                                 passed_over      ? " of those that may be chosen"
                                 : judgement.race ? " of those that remain"
                                                  : "");
  if (ahead.empty()) {
    text += open.empty() ? "." : fmt::format(", but is not told from {}.", named_models(open));
  } else {
    text += ", but " + better_than_best(judgement, ahead, family, higher);
    if (!open.empty()) text += fmt::format(" {} is not told from {}.", best, named_models(open));
  }
  if (!same_models.empty()) {
    const char* one_or_more = same_models.size() == 1 ? " and {} differ by less than {}."
                                                      : " differs from each of {} by less than {}.";
    text += " " + best +
            fmt::format(fmt::runtime(one_or_more), named_models(same_models), limit_given(judgement));
  }
  if (!behind.empty()) {
    text += fmt::format(" {} is better than {}.", ahead.empty() && same_models.empty() ? "It" : best,
                        named_models(behind));
  }
  const auto all = std::ranges::count_if(judgement.pairs, [](const JudgedPair& pair) { return pair.told; });
  return text +
         fmt::format(" Of {} here, {} told apart ({}{}).", counted(judgement.pairs.size(), "pair"),
                     all == 1 ? "1 is" : fmt::format("{} are", count_text(static_cast<std::size_t>(all))),
                     judged_runs_of_pairs(judgement), corrected(family));
}

std::string one_pair(const Judgement& judgement, std::size_t family, bool higher) {
  const JudgedPair& pair = judgement.pairs[0];
  if (!pair.told && pair.same()) return same(judgement, pair, family, higher) + ".";
  if (!pair.told) return undecided(judgement, pair, family, higher) + ".";
  const std::string text = better(judgement, pair, family, higher) + ".";
  if (lead_of(pair, higher).better == *judgement.best) return text;
  std::string where = compared_runs(judgement);
  where[0] = where[0] == 'o' ? 'O' : 'B';
  return where + ", " + text;
}

/// "“a” is the only model that remains in the race; its mean is 0.880 (22 runs)."
std::string only_one(const Judgement& judgement) {
  const JudgedModel& model = judgement.models[*judgement.best];
  return fmt::format("{} is the only model that remains in the race; its mean is {} ({}).",
                     quoted(model.name), fixed(model.mean, judged_digits(judgement)),
                     counted(static_cast<std::size_t>(model.runs), "run"));
}

/// Compares the models that did not leave a race. `judgement` must have a best model.
std::string comparison_sentences(const Judgement& judgement, std::size_t family, bool higher) {
  if (judgement.pairs.empty()) return only_one(judgement);
  const bool any_same =
      std::ranges::any_of(judgement.pairs, [](const JudgedPair& pair) { return pair.same(); });
  if (!any_same && !judgement.can_tell()) return too_few(judgement);
  return judgement.compared() == 2 ? one_pair(judgement, family, higher)
                                   : best_of_many(judgement, family, higher);
}

/// Says which models left a race and what is guaranteed about the others, in the words of a study's report.
std::string race_sentences(const Judgement& judgement) {
  if (!judgement.race) return "";
  std::vector<int> left;
  for (const JudgedModel& model : judgement.models) {
    if (model.left_race_after) left.push_back(*model.left_race_after);
  }
  return fmt::format(" Seeds were bought as a race by validation accuracy: {}. {}. {}",
                     who_left(judgement.models.size(), left), remaining_text(judgement.compared()),
                     race_guarantee());
}

}  // namespace

std::string judgement_sentences(const Judgement& judgement, std::size_t family, bool higher_is_better) {
  std::string text;
  if (judgement.best) {
    text =
        comparison_sentences(judgement, family, higher_is_better) + not_chosen(judgement, higher_is_better);
  } else if (judgement.compared() == 0) {
    text = "No model remains in the race.";
  } else {
    text = fmt::format("No model is chosen: each failed in more than {} of its runs.",
                       percent(judgement.max_failed, 0));
  }
  return text + race_sentences(judgement);
}

}  // namespace gpu_sweep
