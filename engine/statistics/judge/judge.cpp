#include "engine/statistics/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "engine/statistics/judge/dataset_scores.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/reliability.h"

namespace gpu_sweep {
namespace {

/// With more pairs than this, intervals are computed only for pairs that include the best model, because an
/// interval takes as long as about twenty tests.
constexpr std::size_t kMostPairsWithIntervals = 2'000;

/// Describes a model by the scores of its finished runs. `all` counts its finished and its failed runs, and
/// `failed` only the failed ones.
JudgedModel describe_model(const std::string& name, const std::vector<double>& values, int failed, int all,
                           Looks looks = Looks::kOnce) {
  JudgedModel judged;
  judged.name = name;
  judged.runs = static_cast<int>(values.size());
  judged.failed = failed;
  judged.all = all;
  judged.mean = std::numeric_limits<double>::quiet_NaN();
  if (!values.empty()) {
    const Description found = describe(values);
    judged.mean = found.mean;
    judged.std_n_minus_1 = found.std_n_minus_1;
  }
  const Failures failures = failures_of(failed, all, looks);
  judged.failed_interval = failures.interval;
  judged.failed_upper = failures.upper;
  return judged;
}

void find_best(Judgement& judgement, const JudgeOptions& options) {
  judgement.limit = options.smallest_difference;
  judgement.max_failed = options.max_failed;
  for (std::size_t i = 0; i < judgement.models.size(); ++i) {
    JudgedModel& each = judgement.models[i];
    each.eligible = each.runs > 0 && !each.left_race_after && each.failed_share() <= options.max_failed;
    if (!each.eligible) continue;
    const double lead = judgement.best ? each.mean - judgement.models[*judgement.best].mean : 0;
    if (!judgement.best || (options.higher_is_better ? lead > 0 : lead < 0)) judgement.best = i;
  }
}

/// Decides all pairs of one family at 5 %, and fills in their intervals. The correction covers at least
/// `least_pairs` pairs.
void decide(const std::vector<Judgement*>& family, const std::vector<PairTest>& tests,
            std::optional<double> limit, std::size_t least_pairs = 0) {
  std::vector<bool> of_best;
  for (const Judgement* judgement : family) {
    for (const JudgedPair& pair : judgement->pairs) {
      of_best.push_back(judgement->best == pair.a || judgement->best == pair.b);
    }
  }
  const bool few = tests.size() <= kMostPairsWithIntervals;
  const std::vector<PairDecision> decisions =
      decide_pairs(tests, {least_pairs, limit, [&](std::size_t pair) { return few || of_best[pair]; }});
  std::size_t i = 0;
  for (Judgement* judgement : family) {
    for (JudgedPair& pair : judgement->pairs) {
      const PairTest& test = tests[i];
      const PairDecision& decision = decisions[i++];
      pair.n_a = test.n_a;
      pair.n_b = test.n_b;
      pair.difference = test.difference;
      pair.p = test.p;
      pair.p_holm = decision.p_holm;
      pair.told = decision.told;
      pair.interval = decision.interval;
      pair.simultaneous = decision.simultaneous;
      pair.equivalence = decision.equivalence;
    }
  }
}

void add_pairs(Judgement& judgement) {
  for (std::size_t a = 0; a < judgement.models.size(); ++a) {
    if (judgement.models[a].left_race_after) continue;
    for (std::size_t b = a + 1; b < judgement.models.size(); ++b) {
      if (judgement.models[b].left_race_after) continue;
      JudgedPair& pair = judgement.pairs.emplace_back();
      pair.a = a;
      pair.b = b;
    }
  }
}

/// Fills in `other_data` and `left_out_of_other_data`. Judges models over data sets, where each data set
/// counts as one observation. Only models with finished runs on every data set take part. Does nothing if
/// there are too few data sets or models.
void judge_over_datasets(Judgements& judgements, const JudgeOptions& options) {
  const std::vector<Judgement>& datasets = judgements.datasets;
  if (datasets.size() < static_cast<std::size_t>(kFewestDataSets)) return;
  std::vector<std::string> names;  // in the order of the table
  std::map<std::string, std::vector<double>> means;
  std::map<std::string, std::pair<int, int>> runs;  // failed, all
  for (const Judgement& dataset : datasets) {
    for (const JudgedModel& model : dataset.models) {
      if (!runs.contains(model.name)) names.push_back(model.name);
      runs[model.name].first += model.failed;
      runs[model.name].second += model.all;
      if (model.runs > 0) means[model.name].push_back(model.mean);
    }
  }
  Judgement result;
  result.rule = JudgeRule::kDataSets;
  result.reason = fmt::format("by the means of {} data sets", datasets.size());
  std::vector<std::string> left_out;
  for (const std::string& name : names) {
    if (means[name].size() != datasets.size()) {
      left_out.push_back(name);
      continue;
    }
    const auto [failed, all] = runs[name];
    result.models.push_back(describe_model(name, means[name], failed, all));
  }
  if (result.models.size() < 2) return;
  add_pairs(result);
  find_best(result, options);
  result.least = fewest_runs(result.pairs.size());
  std::vector<PairTest> tests;
  for (const JudgedPair& pair : result.pairs) {
    std::vector<double> differences = means[result.models[pair.a].name];
    const std::vector<double>& other = means[result.models[pair.b].name];
    for (std::size_t i = 0; i < differences.size(); ++i)
      differences[i] = difference_of_means(differences[i], other[i]);
    tests.push_back(test_paired(differences, 0));
  }
  decide({&result}, tests, options.smallest_difference);
  judgements.other_data = std::move(result);
  judgements.left_out_of_other_data = std::move(left_out);
}

}  // namespace

std::size_t Judgement::compared() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(models, [](const JudgedModel& model) { return !model.left_race_after; }));
}

bool Judgement::can_tell() const {
  return std::ranges::any_of(
      pairs, [](const JudgedPair& pair) { return pair.interval && std::isfinite(pair.interval->low); });
}

Judgements judge(const Scores& scores, const JudgeOptions& options) {
  const std::vector<DataSetScores> datasets = by_dataset(scores);
  refuse_unusable(datasets, scores, options);
  Judgements result;
  for (const DataSetScores& dataset : datasets) result.family += dataset.pairs();
  std::vector<PairTest> tests;
  for (const DataSetScores& dataset : datasets) {
    Judgement& judgement = result.datasets.emplace_back();
    judgement.dataset = dataset.name;
    judgement.race = scores.race;
    choose_rule(dataset, scores, options, result.family, judgement);
    for (const ModelScores& model : dataset.models) {
      const int all = static_cast<int>(model.values.size()) + model.failed;
      judgement.models.push_back(describe_model(model.name, model.values, model.failed, all,
                                                judgement.every_look ? Looks::kAfterEach : Looks::kOnce));
      judgement.models.back().left_race_after = model.left_race_after;
    }
    add_pairs(judgement);
    find_best(judgement, options);
    std::ranges::move(test_pairs(dataset, scores, options, result.family, judgement),
                      std::back_inserter(tests));
  }
  std::vector<Judgement*> family;
  for (Judgement& judgement : result.datasets) family.push_back(&judgement);
  decide(family, tests, options.smallest_difference, result.family);
  judge_over_datasets(result, options);
  return result;
}

}  // namespace gpu_sweep
