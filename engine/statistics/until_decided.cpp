#include "engine/statistics/until_decided.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/statistics/comparison.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/methods/anytime.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/new_images.h"
#include "engine/statistics/race.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

bool is_below(std::uint64_t seed, const Experiment& experiment, int seeds) {
  return seed >= experiment.seed && seed - experiment.seed < static_cast<std::uint64_t>(seeds);
}

/// Returns whether so many runs of the model diverged that it is never chosen.
bool often_diverges(const ModelRuns& model, const AnalysisSettings& settings) {
  return model.diverged > settings.max_diverged * model.ended();
}

/// Returns whether the difference between models a and b is too small to show on new images, with any number
/// of runs.
bool images_limit(const TestAnswers& answers, std::size_t a, std::size_t b, double level) {
  const std::optional<TwoWay> found = answers.compare(a, b);
  return found && found->images_limit(level);
}

/// Does what open_pairs does. `answers` says which test images each run of `models` classified correctly.
OpenPairs open_pairs_by(const TestAnswers& answers, const std::vector<ModelRuns>& models,
                        const Experiment& experiment) {
  const AnalysisSettings& settings = experiment.analysis;
  const double level = new_images_level(pairs_of(models.size()), most_looks(experiment));
  const std::vector<PairTest> tests = test_all_pairs(models, judged_metric(models), Looks::kAfterEach);
  FamilyOptions options;
  if (settings.smallest_difference) options.limit = *settings.smallest_difference / 100;
  options.with_interval = [](std::size_t) { return false; };
  const std::vector<PairDecision> decisions = decide_pairs(tests, options);
  OpenPairs found;
  auto next = decisions.begin();
  for (std::size_t a = 0; a < models.size(); ++a) {
    for (std::size_t b = a + 1; b < models.size(); ++b) {
      const PairDecision& pair = *next++;
      if (pair.told || (pair.equivalence && pair.equivalence->same)) continue;
      ++found.pairs;
      std::set<std::size_t> failing;
      for (const std::size_t model : {a, b}) {
        if (often_diverges(models[model], settings)) failing.insert(model);
      }
      found.barred.insert(failing.begin(), failing.end());
      if (!failing.empty()) continue;
      const bool limited = !settings.smallest_difference && images_limit(answers, a, b, level);
      if (limited) {
        ++found.limited;
      } else {
        found.models.insert({a, b});
      }
    }
  }
  return found;
}

}  // namespace

ModelRuns first_seeds(const ModelRuns& model, const Experiment& experiment, int seeds) {
  ModelRuns first = model;
  std::erase_if(first.runs, [&](const RunRecord* run) { return !is_below(run->seed, experiment, seeds); });
  std::erase_if(first.diverged_seeds, [&](std::uint64_t seed) { return !is_below(seed, experiment, seeds); });
  first.diverged = static_cast<int>(first.diverged_seeds.size());
  return first;
}

OpenPairs open_pairs(const std::vector<ModelRuns>& models, const Experiment& experiment,
                     std::span<const std::uint8_t> labels) {
  return open_pairs_by(TestAnswers(models, labels), models, experiment);
}

int fewest_to_look(const Experiment& experiment) {
  const std::size_t models = experiment.models.size();
  return experiment.analysis.race ? race_first_round(models) : fewest_anytime_runs(pairs_of(models));
}

int first_round(const Experiment& experiment) {
  return std::min(experiment.runs, fewest_to_look(experiment));
}

int next_round(int seeds) { return seeds + std::max(1, seeds / 8); }

std::optional<int> round_after(const Experiment& experiment, int seeds) {
  if (experiment.analysis.race) {
    const int next = race_next_round(seeds);
    return next > experiment.runs ? std::nullopt : std::optional(next);
  }
  if (seeds >= experiment.runs) return std::nullopt;
  return std::min(experiment.runs, next_round(seeds));
}

int most_looks(const Experiment& experiment) {
  const AnalysisSettings& settings = experiment.analysis;
  if (!settings.until_decided) return 1 + static_cast<int>(settings.looks.size());
  int looks = 1;
  for (auto next = round_after(experiment, first_round(experiment)); next; ++looks) {
    next = round_after(experiment, *next);
  }
  return looks;
}

Purchase purchase_of(const Experiment& experiment, std::span<const RunRecord> runs,
                     std::span<const std::uint8_t> labels) {
  if (experiment.analysis.race) return race_of(experiment, runs);
  const std::vector<ModelRuns> all = runs_by_model(experiment, runs);
  const TestAnswers answers(all, labels);
  Purchase purchase;
  int seeds = first_round(experiment);
  purchase.wanted.assign(all.size(), seeds);
  for (;;) {
    std::vector<ModelRuns> models;
    for (std::size_t i = 0; i < all.size(); ++i) {
      models.push_back(first_seeds(all[i], experiment, purchase.wanted[i]));
      if (models.back().ended() < purchase.wanted[i]) return purchase;
    }
    const OpenPairs undecided = open_pairs_by(TestAnswers(models, answers), models, experiment);
    purchase.looks.push_back({seeds, undecided.pairs, undecided.models.size()});
    const std::optional<int> next = round_after(experiment, seeds);
    purchase.complete = undecided.models.empty() || !next;
    if (purchase.complete) return purchase;
    seeds = *next;
    for (const std::size_t model : undecided.models) purchase.wanted[model] = seeds;
  }
}

void check_until_decided(const Experiment& experiment) {
  check_until_decided(experiment.analysis, experiment.data);
  const std::size_t models = experiment.models.size();
  if (experiment.analysis.race) {
    if (models >= kFewestRacing) return;
    throw Error(ExitCode::kUsage,
                fmt::format("--race: found {}, expected {} or more; --until-decided takes two",
                            counted(models, "model"), kFewestRacing));
  }
  if (models >= 2 && models <= kMostModelsPaired) return;
  throw Error(ExitCode::kUsage, fmt::format("--until-decided: found {}, expected 2 to {}",
                                            counted(models, "model"), kMostModelsPaired));
}

void check_until_decided(const AnalysisSettings& settings, const DataSettings& data) {
  if (!settings.until_decided || data.split == SplitPolicy::kShared) return;
  throw Error(ExitCode::kUsage,
              std::string(settings.buying_flag()) +
                  ": found split = \"per_run\", expected \"shared\": looks after every seed take "
                  "differences that are independent of each other");
}

}  // namespace gpu_sweep
