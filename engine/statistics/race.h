// Races: models that are clearly behind the leader get no more seeds.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/until_decided.h"

namespace gpu_sweep {

/// Upper bound of the share of races in which the model with the highest true mean is dropped, if accuracies
/// are as race_guarantee assumes.
constexpr double kRaceError = 0.05;

/// The fewest models of a race. For two models, run --until-decided serves better.
constexpr std::size_t kFewestRacing = 3;

/// Returns the number of seeds of the first round: at least 4, and enough to give the pooled spread 12
/// degrees of freedom.
int race_first_round(std::size_t models);

/// Returns how many seeds each model has after the next round, if it has `seeds` now: half as many more.
int race_next_round(int seeds);

/// Returns the spread over seeds that these models have in common, from the residual mean square of the
/// two-way layout models x seeds. It is computed within each round, so that it is independent of the means of
/// the rounds, by which models leave. `rounds` are the numbers of seeds after each round, and all models must
/// have the seeds of all rounds. Models with a diverged run are left out. With fewer than two models, the
/// result has no degrees of freedom and the deviation 0. Otherwise the deviation is at least one step of the
/// accuracy, 1 / validation rows.
PooledSpread pooled_spread(std::span<const ModelRuns> models, std::span<const int> rounds);

/// Returns by how many standard errors a model must be behind the leader to leave a race of `models` models:
/// Student's quantile of 1 - level / (models - 1), by Bonferroni over the rivals of the best model. Infinite
/// without degrees of freedom.
double race_bound(double level, std::size_t models, int freedom);

/// Returns the level of look number 1, 2, ... at the results, one after each round:
/// kRaceError / (look (look + 1)). The levels of all looks add up to at most kRaceError, however many looks
/// there are.
double race_level(int look);

/// Replays the race from its first round on; see purchase_of. Models are compared by validation accuracy. A
/// model leaves if it is behind the model with the highest mean, on the seeds that both finished, by more
/// than race_bound standard errors of the mean difference. At the first look there is one bound, at
/// race_level. At later looks there are two, each at half of race_level, and exceeding either is enough: one
/// with the spread of all models in the first round, one with that of the models that still race. The
/// variance of a difference is taken as twice the squared spread, or as that of the pair's own differences if
/// it is larger. A model also leaves if so many of its runs diverged that the whole interval of their true
/// share is above max_diverged (anytime_share_interval). A model whose observed share is above max_diverged
/// never leads. No seeds are bought beyond the last look that experiment.runs allows.
Purchase race_of(const Experiment& experiment, std::span<const RunRecord> runs);

/// Returns the design of a study that is run as a race (AnalysisSettings::race).
Design race_design(const Experiment& experiment, std::span<const RunRecord> runs);

/// "left the race after 4 seeds"
std::string left_text(int seeds);

/// "50 of 60 models left it, 40 of them after 4 seeds and 10 after 6", "none of 60 models left it". `left`
/// holds, for each model that left, the number of seeds after which it did.
std::string who_left(std::size_t models, const std::vector<int>& left);

/// "2 remain", "1 remains", "None remains"
std::string remaining_text(std::size_t models);

/// Says how often a race drops the best model, and what this assumes. `spread` follows the assumption that
/// the models spread equally, such as " (by 0.3 points)".
std::string race_guarantee(const std::string& spread = "");

}  // namespace gpu_sweep
