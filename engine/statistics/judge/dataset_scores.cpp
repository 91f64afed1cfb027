#include "engine/statistics/judge/dataset_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "engine/statistics/methods/anytime.h"
#include "engine/statistics/methods/unpaired.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

std::vector<double> paired_differences(const ModelScores& a, const ModelScores& b) {
  std::vector<double> differences;
  for (const auto& [unit, value] : a.by_unit) {
    const auto other = b.by_unit.find(unit);
    if (other != b.by_unit.end()) differences.push_back(value - other->second);
  }
  return differences;
}

/// Returns the differences a - b on common seeds, in ascending order of the seeds. The seeds must be whole
/// numbers.
std::vector<double> differences_by_seed(const ModelScores& a, const ModelScores& b) {
  const auto numeric = [](const std::string& x, const std::string& y) {
    return std::pair(x.size(), x) < std::pair(y.size(), y);
  };
  std::map<std::string, double, decltype(numeric)> found(numeric);
  for (const auto& [unit, value] : a.by_unit) {
    const auto other = b.by_unit.find(unit);
    if (other != b.by_unit.end()) found.emplace(unit, value - other->second);
  }
  std::vector<double> differences;
  differences.reserve(found.size());
  for (const auto& [unit, difference] : found) differences.push_back(difference);
  return differences;
}

bool same_seeds(const DataSetScores& dataset) {
  return std::ranges::all_of(
      dataset.models, [&](const ModelScores& model) { return model.units == dataset.models[0].units; });
}

/// Returns the number of test rows per training row.
double test_to_train(const DataSetScores& dataset, const Scores& scores, const JudgeOptions& options) {
  if (scores.resampling == Resampling::kSplits) return *options.test_share / (1 - *options.test_share);
  return 1 / (static_cast<double>(dataset.folds.size()) - 1);
}

}  // namespace

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
    model.left_race_after = run.left_race_after;
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
  if (scores.until_decided && (!scores.seeds || resampled))
    refuse("--until-decided: found rows without seeds or with folds, expected a column of seeds only");
  if (scores.until_decided && options.pairing == Pairing::kNone)
    refuse("--pairing: found 'none' for seeds bought until decided, which are always paired, expected seed");
  if (scores.race && datasets.size() > 1)
    refuse(
        "found several data sets in a table with models that left a race, expected one: judge the race on "
        "each data set by itself");
  for (const DataSetScores& dataset : datasets) {
    if (scores.resampling == Resampling::kFolds && dataset.folds.size() < 2)
      refuse("found one fold, expected two or more in the column of folds");
    if (dataset.models.size() < 2) {
      throw Error(ExitCode::kData, "found one model on the data set " + shown_text(dataset.name) +
                                       ", expected two or more on each");
    }
  }
}

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
  judgement.every_look = scores.until_decided;
  if (scores.until_decided) {
    judgement.rule = JudgeRule::kPaired;
    judgement.least = fewest_anytime_runs(family);
    judgement.reason =
        "paired by seed; the number of runs was not fixed beforehand: p and intervals count a look after "
        "every seed, and hold for differences that are symmetric about their mean";
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

std::vector<PairTest> test_pairs(const DataSetScores& dataset, const Scores& scores,
                                 const JudgeOptions& options, std::size_t family,
                                 const Judgement& judgement) {
  const double unit = step_of_scores(dataset.values, dataset.answers);
  std::vector<PairTest> tests;
  for (const JudgedPair& pair : judgement.pairs) {
    const ModelScores& a = dataset.models[pair.a];
    const ModelScores& b = dataset.models[pair.b];
    tests.push_back(judgement.rule == JudgeRule::kUnpaired ? test_unpaired(a.values, b.values, unit, family)
                    : judgement.every_look                 ? test_anytime(differences_by_seed(a, b), unit)
                    : judgement.rule == JudgeRule::kPaired
                        ? test_paired(paired_differences(a, b), unit)
                        : test_resampled(paired_differences(a, b), test_to_train(dataset, scores, options)));
  }
  return tests;
}

}  // namespace gpu_sweep
