// Races: models that are clearly behind the leader get no more seeds.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engine/statistics/until_decided.h"

namespace gpu_sweep {

/// The share of races, at most, that drop the model with the highest mean.
constexpr double kRaceError = 0.05;

/// A race takes at least so many models: with two of them run --until-decided serves better.
constexpr std::size_t kFewestRacing = 3;

/// Returns the number of seeds of the first round: 4, or as many as give the pooled spread 12 degrees of
/// freedom.
int race_first_round(std::size_t models);

/// Returns the number of seeds after a round of `seeds` seeds: half as many more.
int race_next_round(int seeds);

/// Returns the spread over seeds that these models have in common: the residual mean square of the two-way
/// layout models x seeds, within each round, so that it is independent of the means of the rounds, by which
/// models leave. `rounds` are the numbers of seeds after each round, and all models have the seeds of all
/// rounds. Models with a diverged run are left out. Never below one step of the accuracy. Without degrees of
/// freedom if there are fewer than two models.
PooledSpread pooled_spread(std::span<const ModelRuns> models, std::span<const int> rounds);

/// Returns by how many standard errors a model must be behind the leader to leave a race of `models` models:
/// Student's quantile of 1 - level / (models - 1), by Bonferroni over the rivals of the best model. Infinite
/// without degrees of freedom.
double race_bound(double level, std::size_t models, int freedom);

/// Returns the level of look 1, 2, ...: kRaceError / (look (look + 1)). The levels add up to kRaceError over
/// all looks, however often and whenever the race is stopped.
double race_level(int look);

/// Replays the race from its first round on; see purchase_of. Compares by validation accuracy. A model leaves
/// if it is behind the model with the highest mean, on the seeds that both finished, by more than race_bound
/// standard errors. The spread is that of all models in the first round or that of the models that still
/// race, whichever needs the smaller lead (after the first look each has half of the level), but never less
/// than that of the pair's own differences. A model also leaves if so many of its runs diverged that its
/// share is above max_diverged (anytime_share_interval). A model of which a greater share diverged than that
/// never leads. No seeds are bought beyond the last look that experiment.runs allows.
Purchase race_of(const Experiment& experiment, std::span<const RunRecord> runs);

/// The design of a study of Experiment::race.
Design race_design(const Experiment& experiment, std::span<const RunRecord> runs);

/// "left the race after 4 seeds"
std::string left_text(int seeds);

}  // namespace gpu_sweep
