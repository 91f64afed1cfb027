// Decides which seeds a study trains next. Seeds are said to be bought if a study trains further seeds only
// for models that are undecided, or only for models that remain in a race.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/model_runs.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

/// A look at the results. Seeds are trained in rounds, and a look follows each round.
struct Look {
  int seeds = 0;  ///< number of seeds, at this look, of the models that got seeds in the last round
  std::size_t undecided = 0;  ///< number of undecided pairs
  std::size_t models = 0;     ///< number of models that get more seeds because of these pairs
};

/// The spread over seeds that all models of a race have in common.
struct PooledSpread {
  double deviation = 0;  ///< standard deviation of an accuracy over seeds
  int freedom = 0;       ///< degrees of freedom
};

/// A model that left a race.
struct Leaver {
  std::size_t model = 0;  ///< its index
  int seeds = 0;          ///< number of seeds after which it left
  bool diverged = false;  ///< true: its runs diverged too often; false: it was behind
};

/// The state of a study that buys seeds (AnalysisSettings::until_decided or a race). In a race (race_of),
/// Look::models counts the models that remain, and Look::undecided counts the pairs of these models.
struct Purchase {
  /// [models] Number of seeds, counted from the first one, that each model should have now. If another
  /// command has trained runs with further seeds, these runs take no part in the choice of seeds.
  std::vector<int> wanted;
  std::vector<Look> looks;  ///< the looks made so far
  bool complete = false;  ///< no more seeds are bought: no model needs more, or Experiment::runs allows none
  /// Only in a race: the spread of the models that raced until the last look.
  std::optional<PooledSpread> spread;
  std::vector<Leaver> left;  ///< only in a race: in the order in which the models left

  /// Returns the number of undecided pairs at the last look, or `pairs` before the first look.
  std::size_t undecided(std::size_t pairs) const { return looks.empty() ? pairs : looks.back().undecided; }
};

/// Returns the fewest seeds on which a look can decide anything. This is the least number that can tell a
/// pair apart, or race_first_round in a race.
int fewest_to_look(const Experiment& experiment);

/// Returns the number of seeds of the first round: fewest_to_look, at most experiment.runs.
int first_round(const Experiment& experiment);

/// Returns how many seeds each undecided model has after the next round, if it has `seeds` now: an eighth
/// more, at least one more.
int next_round(int seeds);

/// Returns how many seeds a model has after the next round of this study, if it gets more and has `seeds`
/// now: by next_round, at most experiment.runs, or by race_next_round in a race. Nothing if there is no
/// further round; a race has none that goes beyond experiment.runs.
std::optional<int> round_after(const Experiment& experiment, int seeds);

/// Returns the number of times at which the results of a study may be looked at before its number of runs is
/// final: once if the number was fixed beforehand, once more for each time it was raised after a look, and
/// after every round if seeds are bought.
int most_looks(const Experiment& experiment);

/// The pairs of models of a study that are neither told apart nor shown to be the same.
struct OpenPairs {
  std::size_t pairs = 0;
  std::set<std::size_t> models;  ///< models that get seeds because of these pairs
  std::set<std::size_t> barred;  ///< models that get no seeds, because they diverged too often
  /// Number of those `pairs` that get no seeds because of the images: the difference is so small that no
  /// number of runs would show it on new images.
  std::size_t limited = 0;
};

/// Finds the open pairs by judged_metric (test_anytime, Holm's correction over all pairs). A pair with
/// a model whose share of diverged runs is above max_diverged gets no seeds. `labels` [N] are the true
/// classes of the test split. With them, and unless a smallest difference is stated, a pair is limited by the
/// images if TwoWay::images_limit is true at new_images_level.
OpenPairs open_pairs(const std::vector<ModelRuns>& models, const Experiment& experiment,
                     std::span<const std::uint8_t> labels = {});

/// Returns the model with only the runs of the first `seeds` seeds.
ModelRuns first_seeds(const ModelRuns& model, const Experiment& experiment, int seeds);

/// Replays the study from its first round on. The result depends only on the runs, not on when they were
/// trained. The models of the pairs that are open after a round (open_pairs) get the seeds of the next round.
/// Stops at the first round of which runs are missing. `labels` are as in open_pairs.
Purchase purchase_of(const Experiment& experiment, std::span<const RunRecord> runs,
                     std::span<const std::uint8_t> labels = {});

/// Throws Error(kUsage) if the experiment does not allow buying seeds. That requires one split for all runs,
/// and 2 to kMostModelsPaired models, or at least kFewestRacing models for a race.
void check_until_decided(const Experiment& experiment);

/// Throws Error(kUsage) if seeds are to be bought until decided on data of which every seed has its own
/// split.
void check_until_decided(const AnalysisSettings& settings, const DataSettings& data);

/// How the number of runs of a study was chosen.
struct Design {
  std::optional<Purchase> purchase;  ///< present if seeds are bought, until decided or in a race
  /// A text for the first lines of the results: "Seeds were bought only where models were undecided, at most
  /// 100 of each ..." or "This study was extended from 20 to 40 runs after a look ...", and what this means
  /// for p. If every seed has its own split, the text says so and explains how validation metrics are judged.
  /// Empty if the number of runs was fixed beforehand and all runs share one split.
  std::string sentence;
  /// If the study was extended, `terms` are the last sentences of `sentence`, which say what holds for p and
  /// intervals. `opening` is what stands before them, without the full stop: it ends in "(as if planned,
  /// p = 0.002)", and the verdict on the pair completes it. It is empty unless there are two models, both
  /// with runs.
  std::string opening, terms;
  /// Lines that name the models that left a race, one for each look at which some left.
  std::vector<std::string> leavers;
  std::size_t undecided =
      0;  ///< if bought: number of open pairs by all runs that exist; in a race, at its last look
  std::size_t limited = 0;          ///< number of open pairs that get no more seeds because of the images
  int missing = 0;                  ///< if bought: number of runs of the last round that do not exist yet
  std::vector<std::string> barred;  ///< models that get no more seeds, because they diverged too often
  /// If the study was extended and has at most kMostModelsPaired models, the p of each pair after Holm's
  /// correction. `p_counting` counts every look; `p_planned` is computed as if this number of runs had been
  /// planned.
  std::vector<double> p_counting, p_planned;

  /// Returns what is left to say of the design beside a verdict that begins with `opening`.
  const std::string& beside_verdict() const { return opening.empty() ? sentence : terms; }
};
Design design_of(const StoredExperiment& stored, std::span<const RunRecord> runs);

/// Returns how many runs that `purchase` wants do not exist. `models` are all models of the experiment with
/// their runs.
int missing_runs(const Experiment& experiment, std::span<const ModelRuns> models, const Purchase& purchase);

/// "not finished: 2 of 36 runs bought so far are not here"
std::string not_finished_text(const Purchase& purchase, int missing);

/// Returns how many pairs are told apart, given their p after Holm's correction.
std::ptrdiff_t told_pairs(std::span<const double> p);

/// Says, before training, what a study that buys seeds may cost: "at most 100 runs of each of 3 models, ...".
std::string what_it_may_cost(const Experiment& experiment);

/// Says, before training, what to expect from the design of a study. Returns what_it_may_cost if seeds are
/// bought, and what_runs_can_tell if the number of runs is fixed.
std::string what_to_expect(const Experiment& experiment);

}  // namespace gpu_sweep
