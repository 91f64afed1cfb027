#include "engine/statistics/until_decided.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/statistics/comparison.h"
#include "engine/statistics/methods/anytime.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/verdict.h"
#include "engine/statistics/wording.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

bool is_below(std::uint64_t seed, const Experiment& experiment, int seeds) {
  return seed >= experiment.seed && seed - experiment.seed < static_cast<std::uint64_t>(seeds);
}

/// Returns the runs with the first `seeds` seeds.
ModelRuns first_seeds(const ModelRuns& model, const Experiment& experiment, int seeds) {
  ModelRuns first = model;
  std::erase_if(first.runs, [&](const RunRecord* run) { return !is_below(run->seed, experiment, seeds); });
  std::erase_if(first.diverged_seeds, [&](std::uint64_t seed) { return !is_below(seed, experiment, seeds); });
  first.diverged = static_cast<int>(first.diverged_seeds.size());
  return first;
}

std::size_t ended(const ModelRuns& model) {
  return model.runs.size() + static_cast<std::size_t>(model.diverged);
}

/// Returns whether so many runs diverged that the model is never chosen.
bool often_diverges(const ModelRuns& model, const AnalysisSettings& settings) {
  return model.diverged > settings.max_diverged * static_cast<double>(ended(model));
}

struct Undecided {
  std::size_t pairs = 0;
  std::set<std::size_t> models;
};

Undecided undecided_by(const std::vector<ModelRuns>& models, const AnalysisSettings& settings) {
  const std::vector<PairTest> tests = test_all_pairs(models, kValidationAccuracy, Looks::kAfterEach);
  FamilyOptions options;
  if (settings.smallest_difference) options.limit = *settings.smallest_difference / 100;
  options.with_interval = [](std::size_t) { return false; };
  const std::vector<PairDecision> decisions = decide_pairs(tests, options);
  Undecided found;
  auto next = decisions.begin();
  for (std::size_t a = 0; a < models.size(); ++a) {
    for (std::size_t b = a + 1; b < models.size(); ++b) {
      const PairDecision& pair = *next++;
      if (pair.told || (pair.equivalence && pair.equivalence->same)) continue;
      ++found.pairs;
      if (often_diverges(models[a], settings) || often_diverges(models[b], settings)) continue;
      found.models.insert({a, b});
    }
  }
  return found;
}

constexpr const char* kEveryLook =
    "p and intervals count a look after every seed, and hold for differences that are symmetric about their "
    "mean.";

std::string purchase_sentence(const Experiment& experiment, const Purchase& purchase) {
  const std::size_t pairs = pairs_of(experiment.models.size());
  const std::size_t undecided = purchase.undecided(pairs);
  const std::string which = pairs == 1
                                ? "the pair"
                                : fmt::format("{} of {}", with_thousands(static_cast<long long>(undecided)),
                                              counted(pairs, "pair"));
  const bool one = undecided == 1;
  std::string state =
      fmt::format("this study is not finished, and {} {} undecided so far", which, one ? "is" : "are");
  if (purchase.complete) {
    const std::string seeds = counted(static_cast<std::size_t>(purchase.looks.back().seeds), "seed");
    state = undecided == 0
                ? fmt::format("{} decided after {}", pairs == 1 ? "the pair was" : "all pairs were", seeds)
                : fmt::format("{} {} undecided after {}", which, one ? "was" : "were", seeds);
  }
  return fmt::format("Seeds were bought only where models were undecided, at most {} of each: {}. {}",
                     with_thousands(experiment.runs), state, kEveryLook);
}

/// Returns the p of every pair after Holm's correction, for validation accuracy.
std::vector<double> corrected_p(const std::vector<ModelRuns>& models, Looks looks) {
  std::vector<double> p;
  for (const PairTest& test : test_all_pairs(models, kValidationAccuracy, looks)) p.push_back(test.p);
  return holm_adjusted(p);
}

std::string extension_sentence(const Experiment& experiment, std::span<const RunRecord> runs) {
  const std::vector<int>& looks = experiment.analysis.looks;
  std::string text = "This study was extended from ";
  for (const int look : looks) text += with_thousands(look) + " to ";
  text += counted(static_cast<std::size_t>(experiment.runs), "run") +
          (looks.size() == 1 ? " after a look" : " after looks");
  const std::vector<ModelRuns> models = runs_by_model(experiment, runs);
  if (models.size() > kMostModelsPaired) return text + ". " + kEveryLook;
  const std::vector<double> counting = corrected_p(models, Looks::kAfterEach);
  const std::vector<double> planned = corrected_p(models, Looks::kOnce);
  const auto told = [](const std::vector<double>& p) {
    return with_thousands(std::ranges::count_if(p, [](double each) { return each < 1 - kConfidence; }));
  };
  text += planned.size() == 1 ? fmt::format("; counting every look, {} (as if planned, {}). ",
                                            p_value(counting[0]), p_value(planned[0]))
                              : fmt::format("; counting every look, {} of {} differ (as if planned, {}). ",
                                            told(counting), counted(planned.size(), "pair"), told(planned));
  return text + kEveryLook;
}

}  // namespace

int first_round(const Experiment& experiment) {
  return std::min(experiment.runs, fewest_anytime_runs(pairs_of(experiment.models.size())));
}

int next_round(int seeds) { return seeds + std::max(1, seeds / 8); }

Purchase purchase_of(const Experiment& experiment, std::span<const RunRecord> runs) {
  const std::vector<ModelRuns> all = runs_by_model(experiment, runs);
  Purchase purchase;
  int seeds = first_round(experiment);
  purchase.wanted.assign(all.size(), seeds);
  for (;;) {
    std::vector<ModelRuns> models;
    for (std::size_t i = 0; i < all.size(); ++i) {
      models.push_back(first_seeds(all[i], experiment, purchase.wanted[i]));
      if (ended(models.back()) < static_cast<std::size_t>(purchase.wanted[i])) return purchase;
    }
    const Undecided undecided = undecided_by(models, experiment.analysis);
    purchase.looks.push_back({seeds, undecided.pairs, undecided.models.size()});
    purchase.complete = undecided.models.empty() || seeds == experiment.runs;
    if (purchase.complete) return purchase;
    seeds = std::min(experiment.runs, next_round(seeds));
    for (const std::size_t model : undecided.models) purchase.wanted[model] = seeds;
  }
}

void check_until_decided(const Experiment& experiment) {
  const std::size_t models = experiment.models.size();
  if (models >= 2 && models <= kMostModelsPaired) return;
  throw Error(ExitCode::kUsage, fmt::format("--until-decided: found {}, expected 2 to {}",
                                            counted(models, "model"), kMostModelsPaired));
}

Design design_of(const Experiment& experiment, std::span<const RunRecord> runs) {
  if (experiment.analysis.until_decided) {
    Purchase purchase = purchase_of(experiment, runs);
    std::string sentence = purchase_sentence(experiment, purchase);
    return {std::move(purchase), std::move(sentence)};
  }
  return {{}, experiment.analysis.looks.empty() ? "" : extension_sentence(experiment, runs)};
}

std::string what_it_may_cost(const Experiment& experiment) {
  const int least = fewest_anytime_runs(pairs_of(experiment.models.size()));
  const std::string most = fmt::format("at most {} of each of {}, until every pair is decided",
                                       counted(static_cast<std::size_t>(experiment.runs), "run"),
                                       counted(experiment.models.size(), "model"));
  return experiment.runs < least
             ? fmt::format("{}: so few cannot tell any two apart, whatever the scores: it takes {}", most,
                           least)
             : fmt::format("{}: the first look is after {}", most,
                           counted(static_cast<std::size_t>(least), "run"));
}

std::string what_to_expect(const Experiment& experiment) {
  return experiment.analysis.until_decided ? what_it_may_cost(experiment)
                                           : what_runs_can_tell(experiment.models.size(), experiment.runs);
}

}  // namespace gpu_sweep
