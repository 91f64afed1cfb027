// Which seeds a study buys that trains only where models are undecided.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// A look at the results, after whole rounds of seeds.
struct Look {
  int seeds = 0;              ///< the first so many seeds were bought where needed
  std::size_t undecided = 0;  ///< pairs
  std::size_t models = 0;     ///< that an undecided pair needs
};

/// The state of a study of Experiment::until_decided.
struct Purchase {
  /// [models] How many seeds, from the first one, each model is to have now. Runs beyond them, which another
  /// command has trained, take no part in the choice of seeds.
  std::vector<int> wanted;
  std::vector<Look> looks;  ///< those made so far
  bool complete = false;    ///< no more seeds are bought: all pairs are decided, or `runs` is reached

  std::size_t undecided(std::size_t pairs) const { return looks.empty() ? pairs : looks.back().undecided; }
};

/// Returns the seeds of the first round: the least with which a pair can be told, at most experiment.runs.
int first_round(const Experiment& experiment);

/// Returns the seeds after a round of so many: one more, or an eighth more.
int next_round(int seeds);

/// Replays the study from its first round on: a function of the runs alone, whenever they were trained. After
/// each round, pairs of models leave that are told or the same by validation accuracy (test_anytime, Holm's
/// correction over all pairs), and pairs with a model of which more than max_diverged of the runs diverged.
/// The models of the other pairs get the seeds of the next round. Stops at the first round that lacks runs.
Purchase purchase_of(const Experiment& experiment, std::span<const RunRecord> runs);

/// Throws Error(kUsage) if the study cannot be bought seed by seed: it takes 2 to kMostModelsPaired models.
void check_until_decided(const Experiment& experiment);

/// Says how the runs came about and what that means for p, for the first lines of the results: "Seeds were
/// bought only where models were undecided, at most 100 of each ..." or "This study was extended from 20 to
/// 40 runs after a look ...". Empty for studies whose number of runs was fixed beforehand.
std::string design_sentence(const Experiment& experiment, std::span<const RunRecord> runs);

/// Says, before training, what the study may cost: "at most 100 runs of each of 3 models, ...".
std::string what_it_may_cost(const Experiment& experiment);

}  // namespace gpu_sweep
