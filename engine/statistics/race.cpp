#include "engine/statistics/race.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/statistics/comparison.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/failures.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/sampling_error.h"
#include "engine/statistics/selection.h"

namespace gpu_sweep {
namespace {

constexpr int kFewestSeeds = 4;
constexpr int kFewestDegrees = 12;

/// How far the leader must be ahead of a model for the model to leave: `bound` standard errors of their mean
/// difference, if accuracies have the standard deviation `deviation`.
struct Yardstick {
  double bound = 0;
  double deviation = 0;
};

/// Returns the yardsticks of a look. At every look after the first there are two. A lead that exceeds either
/// of them counts, so each has half of the level. One uses the spread of all models in the first round, whose
/// degrees of freedom do not shrink when models leave. The other uses the spread of the models that still
/// race, which is smaller if poor models spread more than good ones.
std::vector<Yardstick> yardsticks_of(int look, std::size_t models, const PooledSpread& first,
                                     const PooledSpread& now) {
  const double level = race_level(look);
  if (look == 1) return {{race_bound(level, models, first.freedom), first.deviation}};
  return {{race_bound(level / 2, models, first.freedom), first.deviation},
          {race_bound(level / 2, models, now.freedom), now.deviation}};
}

/// Returns whether `other` is behind the leader by more than a yardstick, on the seeds that both finished. If
/// the differences of this pair spread more than the yardstick assumes, the yardstick is lengthened
/// accordingly. This makes leaving rarer, and protects a model that spreads more than the others.
bool is_behind(const ModelRuns& leader, const ModelRuns& other, const std::vector<Yardstick>& yardsticks) {
  const std::vector<double> leads = differences_of(leader, other, kValidationAccuracy);
  if (leads.size() < 2) return false;
  const auto seeds = static_cast<double>(leads.size());
  const Moments found = moments(leads);
  return std::ranges::any_of(yardsticks, [&](const Yardstick& each) {
    const double variance = std::max(2 * each.deviation * each.deviation, found.squares / (seeds - 1));
    return found.mean > each.bound * std::sqrt(variance / seeds);
  });
}

/// Returns the models that leave now, in the order of `models`. `models` are those that still race, and
/// `racing` are their indices among all models.
std::vector<Leaver> leavers(const std::vector<ModelRuns>& models, const std::vector<std::size_t>& racing,
                            int seeds, const std::vector<Yardstick>& yardsticks, double max_diverged) {
  const std::optional<Selection> leader = select_highest_mean(models, max_diverged);
  std::vector<Leaver> found;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const Interval failing = anytime_share_interval(models[i].diverged, models[i].ended());
    if (failing.low > max_diverged) {
      found.push_back({racing[i], seeds, true});
    } else if (leader && is_behind(models[leader->best], models[i], yardsticks)) {
      found.push_back({racing[i], seeds, false});
    }
  }
  return found;
}

/// Returns the residual sum of squares of the two-way layout models x seeds, for the seeds in [begin, end):
/// the part that neither models nor seeds explain.
double residual_squares(const std::vector<std::vector<double>>& scores, std::size_t begin, std::size_t end) {
  const auto seeds = static_cast<double>(end - begin);
  std::vector<double> means;  // by model
  std::vector<double> of_seed(end - begin);
  for (const std::vector<double>& model : scores) {
    double sum = 0;
    for (std::size_t s = begin; s < end; ++s) sum += model.at(s);
    means.push_back(sum / seeds);
    for (std::size_t s = begin; s < end; ++s) {
      of_seed[s - begin] += (model[s] - means.back()) / static_cast<double>(scores.size());
    }
  }
  double squares = 0;
  for (std::size_t m = 0; m < scores.size(); ++m) {
    for (std::size_t s = begin; s < end; ++s) {
      const double residual = scores[m][s] - means[m] - of_seed[s - begin];
      squares += residual * residual;
    }
  }
  return squares;
}

}  // namespace

int race_first_round(std::size_t models) {
  const int others = std::max(1, static_cast<int>(models) - 1);
  return std::max(kFewestSeeds, 1 + (kFewestDegrees + others - 1) / others);
}

int race_next_round(int seeds) { return seeds + seeds / 2; }

PooledSpread pooled_spread(std::span<const ModelRuns> models, std::span<const int> rounds) {
  std::vector<std::vector<double>> scores;  // [models][seeds]
  double step = 0;
  for (const ModelRuns& model : models) {
    if (model.diverged > 0) continue;
    scores.push_back(values_of(model, kValidationAccuracy));
    if (const int images = images_of(model, Split::kValidation); images > 0) step = 1.0 / images;
  }
  PooledSpread found;
  if (scores.size() < 2) return found;
  double squares = 0;
  std::size_t begin = 0;
  for (const int each : rounds) {
    const auto end = static_cast<std::size_t>(each);
    squares += residual_squares(scores, begin, end);
    found.freedom += static_cast<int>((scores.size() - 1) * (end - begin - 1));
    begin = end;
  }
  if (found.freedom > 0) found.deviation = std::max(step, std::sqrt(squares / found.freedom));
  return found;
}

double race_bound(double level, std::size_t models, int freedom) {
  if (freedom < 1) return std::numeric_limits<double>::infinity();
  const double rivals = static_cast<double>(std::max<std::size_t>(2, models) - 1);
  return student_t_quantile(1 - level / rivals, freedom);
}

double race_level(int look) { return kRaceError / (static_cast<double>(look) * (look + 1)); }

Purchase race_of(const Experiment& experiment, std::span<const RunRecord> runs) {
  const std::vector<ModelRuns> all = runs_by_model(experiment, runs);
  Purchase race;
  int seeds = first_round(experiment);
  race.wanted.assign(all.size(), seeds);
  race.spread.emplace();
  PooledSpread first;
  std::vector<int> rounds;
  std::vector<std::size_t> racing(all.size());
  std::iota(racing.begin(), racing.end(), std::size_t{0});
  for (int look = 1;; ++look) {
    std::vector<ModelRuns> models;
    for (std::size_t i = 0; i < all.size(); ++i) {
      models.push_back(first_seeds(all[i], experiment, race.wanted[i]));
      if (models.back().ended() < race.wanted[i]) return race;
    }
    if (seeds < race_first_round(all.size())) {  // experiment.runs is too small for a look
      race.complete = true;
      return race;
    }
    rounds.push_back(seeds);
    std::vector<ModelRuns> remaining;
    for (const std::size_t i : racing) remaining.push_back(models[i]);
    race.spread = pooled_spread(remaining, rounds);
    if (look == 1) first = *race.spread;
    const std::vector<Yardstick> yardsticks = yardsticks_of(look, all.size(), first, *race.spread);
    for (const Leaver& leaver :
         leavers(remaining, racing, seeds, yardsticks, experiment.analysis.max_diverged)) {
      std::erase(racing, leaver.model);
      race.left.push_back(leaver);
    }
    race.looks.push_back({seeds, pairs_of(racing.size()), racing.size()});
    const std::optional<int> next = round_after(experiment, seeds);
    race.complete = racing.size() < 2 || !next;
    if (race.complete) return race;
    seeds = *next;
    for (const std::size_t model : racing) race.wanted[model] = seeds;
  }
}

}  // namespace gpu_sweep
