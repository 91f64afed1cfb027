#include "engine/statistics/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/judge/pair_tests.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/failures.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/mean_differences.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/unpaired.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// With more pairs, only those with the best model get intervals: an interval takes twenty tests.
constexpr std::size_t kMostPairsWithIntervals = 2'000;

/// One model's runs on one data set.
struct ModelScores {
  std::string name;
  std::map<std::string, double> by_unit;  ///< finished runs by seed and fold
  std::set<std::string> units;            ///< of all runs
  std::vector<double> values;             ///< of finished runs
  int failed = 0;
};

struct DataSetScores {
  std::string name;
  std::vector<ModelScores> models;
  std::vector<double> values;  ///< of all finished runs
  double answers = 0;          ///< answers per score if equal for all runs, otherwise 0
  std::set<std::string> folds;
  std::size_t pairs() const { return models.size() * (models.size() - 1) / 2; }
};

std::vector<DataSetScores> by_dataset(const Scores& scores) {
  std::vector<DataSetScores> found;
  std::map<std::string, std::size_t> dataset_index;
  std::map<std::pair<std::string, std::string>, std::size_t> model_index;
  for (const Score& run : scores.runs) {
    const auto [place, is_new] = dataset_index.emplace(run.dataset, found.size());
    if (is_new) {
      found.push_back({run.dataset, {}, {}, run.answers, {}});
    }
    DataSetScores& dataset = found[place->second];
    const auto [index, new_model] =
        model_index.emplace(std::pair{run.dataset, run.model}, dataset.models.size());
    if (new_model) dataset.models.emplace_back().name = run.model;
    ModelScores& model = dataset.models[index->second];
    if (run.answers != dataset.answers) dataset.answers = 0;
    const std::string unit = run.seed + '\n' + run.fold;
    model.units.insert(unit);
    dataset.folds.insert(run.fold);
    if (!run.value) {
      ++model.failed;
      continue;
    }
    model.by_unit.emplace(unit, *run.value);
    model.values.push_back(*run.value);
    dataset.values.push_back(*run.value);
  }
  return found;
}

std::vector<double> paired_differences(const ModelScores& a, const ModelScores& b) {
  std::vector<double> differences;
  for (const auto& [unit, value] : a.by_unit) {
    const auto other = b.by_unit.find(unit);
    if (other != b.by_unit.end()) differences.push_back(value - other->second);
  }
  return differences;
}

bool same_seeds(const DataSetScores& dataset) {
  return std::ranges::all_of(
      dataset.models, [&](const ModelScores& model) { return model.units == dataset.models[0].units; });
}

/// Chooses the rule from what is declared and from how the runs were planned, never from their scores.
void choose_rule(const DataSetScores& dataset, const Scores& scores, const JudgeOptions& options,
                 std::size_t family, Judgement& judgement) {
  if (scores.resampling != Resampling::kNone) {
    judgement.rule = JudgeRule::kResampled;
    judgement.reason =
        scores.resampling == Resampling::kFolds
            ? fmt::format("paired by fold: {} folds, whose training rows overlap", dataset.folds.size())
            : fmt::format("paired by split: {} random splits, whose training rows overlap",
                          dataset.models[0].units.size());
    judgement.least = 2;
    return;
  }
  const std::size_t seeds = dataset.models[0].units.size();
  const int paired_least = fewest_runs(family);
  const bool same = scores.seeds && same_seeds(dataset);
  const bool suffices = same && static_cast<int>(seeds) >= paired_least;
  const bool paired = options.pairing ? *options.pairing == Pairing::kSeed : suffices;
  judgement.rule = paired ? JudgeRule::kPaired : JudgeRule::kUnpaired;
  judgement.least = paired ? paired_least : fewest_unpaired_runs(family);
  if (options.pairing) {
    judgement.reason = paired ? "paired by seed, as declared" : "not paired, as declared";
  } else if (paired) {
    judgement.reason = fmt::format("paired by seed: every model has the same {} seeds", seeds);
  } else if (!scores.seeds) {
    judgement.reason = "not paired: the rows have no seeds";
  } else if (!same) {
    judgement.reason = "not paired: the models have different seeds";
  } else {
    judgement.reason =
        fmt::format("not paired: {} seeds are fewer than the {} that pairing needs", seeds, paired_least);
  }
}

/// Returns the rows tested per row trained on.
double test_to_train(const DataSetScores& dataset, const Scores& scores, const JudgeOptions& options) {
  if (scores.resampling == Resampling::kSplits) return *options.test_share / (1 - *options.test_share);
  return 1 / (static_cast<double>(dataset.folds.size()) - 1);
}

void refuse_unusable(const std::vector<DataSetScores>& datasets, const Scores& scores,
                     const JudgeOptions& options) {
  const auto refuse = [](const std::string& what) { throw Error(ExitCode::kUsage, what); };
  const bool resampled = scores.resampling != Resampling::kNone;
  if (options.pairing == Pairing::kSeed && !scores.seeds)
    refuse("--pairing: found 'seed' for rows without seeds, expected none, or a column of seeds");
  if (options.pairing == Pairing::kNone && resampled)
    refuse(
        "--pairing: found 'none' for runs on folds or splits, which are always paired, expected no "
        "--pairing");
  if (scores.resampling == Resampling::kSplits && !options.test_share)
    refuse(
        "--test-share: missing for a column of random splits, expected the share of rows that each tests on");
  if (scores.resampling != Resampling::kSplits && options.test_share)
    refuse("--test-share: found for scores without a column 'split', expected one");
  for (const DataSetScores& dataset : datasets) {
    if (scores.resampling == Resampling::kFolds && dataset.folds.size() < 2)
      refuse("found one fold, expected two or more in the column of folds");
    if (dataset.models.size() < 2) {
      throw Error(ExitCode::kData, "found one model on the data set " + shown_text(dataset.name) +
                                       ", expected two or more on each");
    }
  }
}

/// `all` counts the finished and the failed runs that `values` come from.
JudgedModel describe_model(const std::string& name, const std::vector<double>& values, int failed, int all) {
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
  judged.failed_interval = clopper_pearson_interval(failed, all);
  judged.failed_upper = clopper_pearson_upper(failed, all);
  return judged;
}

void find_best(Judgement& judgement, bool higher) {
  for (std::size_t i = 0; i < judgement.models.size(); ++i) {
    const JudgedModel& each = judgement.models[i];
    if (!each.eligible()) continue;
    const double lead = judgement.best ? each.mean - judgement.models[*judgement.best].mean : 0;
    if (!judgement.best || (higher ? lead > 0 : lead < 0)) judgement.best = i;
  }
}

/// Decides all pairs of one family at 5 %, and fills in their intervals.
void decide(std::vector<Judgement*> family, const std::vector<PairTest>& tests) {
  std::vector<double> p;
  for (const PairTest& test : tests) p.push_back(test.p);
  const std::vector<double> adjusted = holm_adjusted(p);
  const std::vector<HolmStep> steps = holm_steps(p, 1 - kConfidence);
  const double bonferroni = (1 - kConfidence) / static_cast<double>(p.size());
  std::size_t i = 0;
  for (Judgement* judgement : family) {
    for (JudgedPair& pair : judgement->pairs) {
      const PairTest& test = tests[i];
      pair.n_a = test.n_a;
      pair.n_b = test.n_b;
      pair.difference = test.difference;
      pair.p = p[i];
      pair.p_holm = adjusted[i];
      pair.told = steps[i].rejected;
      const bool of_best = judgement->best == pair.a || judgement->best == pair.b;
      if (test.interval && (of_best || p.size() <= kMostPairsWithIntervals)) {
        pair.interval = test.interval(steps[i].level);
        pair.simultaneous = steps[i].level == bonferroni ? pair.interval : test.interval(bonferroni);
      }
      ++i;
    }
  }
}

void add_pairs(Judgement& judgement) {
  for (std::size_t a = 0; a < judgement.models.size(); ++a) {
    for (std::size_t b = a + 1; b < judgement.models.size(); ++b) {
      JudgedPair& pair = judgement.pairs.emplace_back();
      pair.a = a;
      pair.b = b;
    }
  }
}

/// Judges models over data sets, each of which is one observation. Only models with runs on every data set
/// are compared. Absent with too few data sets or models.
std::optional<Judgement> judge_over_datasets(const std::vector<Judgement>& datasets, bool higher) {
  if (datasets.size() < static_cast<std::size_t>(kFewestDataSets)) return std::nullopt;
  std::map<std::string, std::vector<double>> means;
  std::map<std::string, std::pair<int, int>> runs;  // failed, all
  for (const Judgement& dataset : datasets) {
    for (const JudgedModel& model : dataset.models) {
      runs[model.name].first += model.failed;
      runs[model.name].second += model.all;
      if (model.runs > 0) means[model.name].push_back(model.mean);
    }
  }
  Judgement result;
  result.rule = JudgeRule::kDataSets;
  result.reason = fmt::format("by the means of {} data sets", datasets.size());
  for (const JudgedModel& model : datasets[0].models) {
    if (means[model.name].size() != datasets.size()) continue;
    const auto [failed, all] = runs[model.name];
    result.models.push_back(describe_model(model.name, means[model.name], failed, all));
  }
  if (result.models.size() < 2) return std::nullopt;
  add_pairs(result);
  find_best(result, higher);
  result.least = fewest_runs(result.pairs.size());
  std::vector<PairTest> tests;
  for (const JudgedPair& pair : result.pairs) {
    std::vector<double> differences = means[result.models[pair.a].name];
    const std::vector<double>& other = means[result.models[pair.b].name];
    for (std::size_t i = 0; i < differences.size(); ++i)
      differences[i] = difference_of_means(differences[i], other[i]);
    tests.push_back(test_paired(differences, 0));
  }
  decide({&result}, tests);
  return result;
}

}  // namespace

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
    choose_rule(dataset, scores, options, result.family, judgement);
    for (const ModelScores& model : dataset.models) {
      const int all = static_cast<int>(model.values.size()) + model.failed;
      judgement.models.push_back(describe_model(model.name, model.values, model.failed, all));
    }
    add_pairs(judgement);
    find_best(judgement, options.higher_is_better);
    const double unit = step_of_scores(dataset.values, dataset.answers);
    for (const JudgedPair& pair : judgement.pairs) {
      const ModelScores& a = dataset.models[pair.a];
      const ModelScores& b = dataset.models[pair.b];
      tests.push_back(
          judgement.rule == JudgeRule::kUnpaired ? test_unpaired(a.values, b.values, unit, result.family)
          : judgement.rule == JudgeRule::kPaired
              ? test_paired(paired_differences(a, b), unit)
              : test_resampled(paired_differences(a, b), test_to_train(dataset, scores, options)));
    }
  }
  std::vector<Judgement*> family;
  for (Judgement& judgement : result.datasets) family.push_back(&judgement);
  decide(family, tests);
  result.other_data = judge_over_datasets(result.datasets, options.higher_is_better);
  return result;
}

}  // namespace gpu_sweep
