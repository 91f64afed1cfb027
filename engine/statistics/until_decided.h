// Decides which seeds a study buys if it trains only where models are undecided, or as a race.
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

/// A look at the results, after whole rounds of seeds.
struct Look {
  int seeds = 0;              ///< the first `seeds` seeds were bought where needed
  std::size_t undecided = 0;  ///< pairs
  std::size_t models = 0;     ///< that an undecided pair needs
};

/// The spread over seeds that all models of a race have in common.
struct PooledSpread {
  double deviation = 0;  ///< standard deviation of an accuracy over seeds
  int freedom = 0;       ///< degrees of freedom
};

/// A model that left a race.
struct Leaver {
  std::size_t model = 0;  ///< its index
  int seeds = 0;          ///< after so many
  bool diverged = false;  ///< because its runs diverged too often; otherwise it was behind
};

/// The state of a study of AnalysisSettings::until_decided. In a race (race_of) the models of a look are
/// those that remain, and its pairs are theirs.
struct Purchase {
  /// [models] How many seeds, from the first one, each model is to have now. Runs beyond them, which another
  /// command has trained, take no part in the choice of seeds.
  std::vector<int> wanted;
  std::vector<Look> looks;  ///< those made so far
  bool complete = false;    ///< no more seeds are bought: all pairs are decided, or `runs` is reached
  std::optional<PooledSpread> spread;  ///< of a race: of the models that raced until the last look
  std::vector<Leaver> left;            ///< of a race, in the order in which they left

  std::size_t undecided(std::size_t pairs) const { return looks.empty() ? pairs : looks.back().undecided; }
};

/// Returns the fewest seeds on which a look can decide anything: the fewest that can tell a pair, or
/// race_first_round.
int fewest_to_look(const Experiment& experiment);

/// Returns the number of seeds of the first round: fewest_to_look, at most experiment.runs.
int first_round(const Experiment& experiment);

/// Returns the number of seeds after a round of `seeds` seeds: an eighth more, at least one more.
int next_round(int seeds);

/// Returns the number of times at which the results of a study may be looked at before its number of runs is
/// final: once for a number fixed beforehand, after every round of seeds if seeds are bought.
int most_looks(const Experiment& experiment);

/// The pairs of a study that are neither told nor the same.
struct OpenPairs {
  std::size_t pairs = 0;
  std::set<std::size_t> models;  ///< that get seeds because of them
  std::set<std::size_t> barred;  ///< that get none, because they diverged too often
  /// Those of `pairs` that get no seeds because of the images: their difference is so small that no number of
  /// runs would show it on new images.
  std::size_t limited = 0;
};

/// Finds the open pairs by judged_metric (test_anytime, Holm's correction over all pairs). A pair with
/// a model whose share of diverged runs is above max_diverged gets no seeds. `labels` [N] are the true
/// classes of the test split. With them, and unless a smallest difference is stated, a pair is limited by the
/// images if TwoWay::images_limit says so at new_images_level.
OpenPairs open_pairs(const std::vector<ModelRuns>& models, const Experiment& experiment,
                     std::span<const std::uint8_t> labels = {});

/// Returns the runs with the first `seeds` seeds.
ModelRuns first_seeds(const ModelRuns& model, const Experiment& experiment, int seeds);

/// Replays the study from its first round on. The result depends only on the runs, not on when they were
/// trained. The models of the pairs that are open after a round (open_pairs) get the seeds of the next round.
/// Stops at the first round that lacks runs. `labels` are those of open_pairs.
Purchase purchase_of(const Experiment& experiment, std::span<const RunRecord> runs,
                     std::span<const std::uint8_t> labels = {});

/// Throws Error(kUsage) if the study cannot be bought seed by seed: it takes 2 to kMostModelsPaired models,
/// a race at least kFewestRacing, and one split for all runs.
void check_until_decided(const Experiment& experiment);

/// Throws Error(kUsage) if seeds are to be bought until decided on data of which every seed has its own
/// split.
void check_until_decided(const AnalysisSettings& settings, const DataSettings& data);

/// How the runs of a study came about.
struct Design {
  std::optional<Purchase> purchase;  ///< if seeds are bought until decided, or as a race
  /// For the first lines of the results: "Seeds were bought only where models were undecided, at most 100 of
  /// each ..." or "This study was extended from 20 to 40 runs after a look ...", with what that means for p.
  /// Says, too, if every seed has its own split, and how validation metrics are judged then. Empty if the
  /// number of runs was fixed beforehand and all runs share a split.
  std::string sentence;
  /// Lines that name the models that left a race, one for each look.
  std::vector<std::string> leavers;
  std::size_t undecided = 0;        ///< pairs neither told nor the same by all runs that are there, if bought
  std::size_t limited = 0;          ///< those of them that get no more seeds because of the images
  int missing = 0;                  ///< runs of the last round that are not there, if bought
  std::vector<std::string> barred;  ///< models of open pairs that get no more seeds: they diverged too often
  /// The p of the pairs after Holm's correction, if the study was extended: counting every look, and as if
  /// these runs had been planned.
  std::vector<double> p_counting, p_planned;
};
Design design_of(const StoredExperiment& stored, std::span<const RunRecord> runs);

/// Returns how many runs of `purchase` are not among those of `models`, all models of the experiment.
int missing_runs(const Experiment& experiment, std::span<const ModelRuns> models, const Purchase& purchase);

/// "not finished: 2 of 36 runs bought so far are not here"
std::string not_finished_text(const Purchase& purchase, int missing);

/// Returns how many pairs are told, given their p after Holm's correction.
std::ptrdiff_t told_pairs(std::span<const double> p);

/// Says, before training, what a study that buys seeds may cost: "at most 100 runs of each of 3 models, ...".
std::string what_it_may_cost(const Experiment& experiment);

/// Says, before training, what to expect of a study by its design: what_it_may_cost, or what_runs_can_tell of
/// a fixed number of runs.
std::string what_to_expect(const Experiment& experiment);

}  // namespace gpu_sweep
