#include "engine/statistics/race.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/statistics/comparison.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/failures.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/reliability.h"
#include "engine/statistics/sampling_error.h"

namespace gpu_sweep {
namespace {

constexpr int kFewestSeeds = 4;
constexpr int kFewestDegrees = 12;

std::size_t ended_runs(const ModelRuns& model) {
  return model.runs.size() + static_cast<std::size_t>(model.diverged);
}

/// Returns by how many standard errors the leader is ahead on the seeds that both finished. The spread is
/// the pooled one, or that of the pair's own differences if this is larger: it makes leaving rarer, and
/// protects a model that spreads more than the others.
double lead_over(const ModelRuns& leader, const ModelRuns& other, double pooled) {
  const PairedRuns pairs = pair_on_seeds(leader, other);
  std::vector<double> differences;
  for (std::size_t i = 0; i < pairs.a.size(); ++i) {
    differences.push_back(value_of(*pairs.a[i], kValidationAccuracy) -
                          value_of(*pairs.b[i], kValidationAccuracy));
  }
  if (differences.size() < 2) return 0;
  const auto seeds = static_cast<double>(differences.size());
  const Moments found = moments(differences);
  const double variance = std::max(2 * pooled * pooled, found.squares / (seeds - 1));
  return found.mean / std::sqrt(variance / seeds);
}

/// Returns the model of `racing` with the highest mean that may be chosen, or models.size().
std::size_t leader_among(const std::vector<ModelRuns>& models, const std::vector<std::size_t>& racing,
                         double max_diverged) {
  std::size_t leader = models.size();
  double highest = 0;
  for (const std::size_t i : racing) {
    if (models[i].runs.empty() || failures_of(models[i]).share > max_diverged) continue;
    const double mean = mean_of(models[i], kValidationAccuracy);
    if (leader != models.size() && mean <= highest) continue;
    leader = i;
    highest = mean;
  }
  return leader;
}

/// Returns the models of `racing` that leave, in their order.
std::vector<Leaver> leavers(const std::vector<ModelRuns>& models, const std::vector<std::size_t>& racing,
                            int seeds, double bound, double deviation, double max_diverged) {
  const std::size_t leader = leader_among(models, racing, max_diverged);
  std::vector<Leaver> found;
  for (const std::size_t i : racing) {
    const Interval failing =
        anytime_share_interval(models[i].diverged, static_cast<int>(ended_runs(models[i])));
    if (failing.low > max_diverged) {
      found.push_back({i, seeds, true});
    } else if (leader != models.size() && lead_over(models[leader], models[i], deviation) > bound) {
      found.push_back({i, seeds, false});
    }
  }
  return found;
}

}  // namespace

int race_first_round(std::size_t models) {
  const int others = std::max(1, static_cast<int>(models) - 1);
  return std::max(kFewestSeeds, 1 + (kFewestDegrees + others - 1) / others);
}

int race_next_round(int seeds) { return seeds + seeds / 2; }

PooledSpread pooled_spread(std::span<const ModelRuns> models) {
  std::vector<std::vector<double>> scores;  // [models][seeds]
  double step = 0;
  for (const ModelRuns& model : models) {
    if (model.diverged > 0) continue;
    scores.push_back(values_of(model, kValidationAccuracy));
    if (const int images = images_of(model, Split::kValidation); images > 0) step = 1.0 / images;
  }
  if (scores.size() < 2 || scores.front().size() < 2) return {};
  const std::size_t seeds = scores.front().size();
  std::vector<double> of_seed(seeds);
  for (std::vector<double>& model : scores) {
    const double mean = std::accumulate(model.begin(), model.end(), 0.0) / static_cast<double>(seeds);
    for (std::size_t s = 0; s < seeds; ++s) {
      model[s] -= mean;
      of_seed[s] += model[s] / static_cast<double>(scores.size());
    }
  }
  double squares = 0;
  for (const std::vector<double>& model : scores) {
    for (std::size_t s = 0; s < seeds; ++s) squares += (model[s] - of_seed[s]) * (model[s] - of_seed[s]);
  }
  const int freedom = static_cast<int>((scores.size() - 1) * (seeds - 1));
  return {std::max(step, std::sqrt(squares / freedom)), freedom};
}

double race_bound(int look, std::size_t models, int freedom) {
  if (freedom < 1) return std::numeric_limits<double>::infinity();
  const double rivals = static_cast<double>(std::max<std::size_t>(2, models) - 1);
  return student_t_quantile(1 - kRaceError / (static_cast<double>(look) * (look + 1) * rivals), freedom);
}

Purchase race_of(const Experiment& experiment, std::span<const RunRecord> runs) {
  const std::vector<ModelRuns> all = runs_by_model(experiment, runs);
  Purchase race;
  int seeds = first_round(experiment);
  race.wanted.assign(all.size(), seeds);
  race.spread.emplace();
  std::vector<std::size_t> racing(all.size());
  std::iota(racing.begin(), racing.end(), std::size_t{0});
  for (int look = 1;; ++look) {
    std::vector<ModelRuns> models;
    for (std::size_t i = 0; i < all.size(); ++i) {
      models.push_back(first_seeds(all[i], experiment, race.wanted[i]));
      if (ended_runs(models.back()) < static_cast<std::size_t>(race.wanted[i])) return race;
    }
    if (seeds < race_first_round(all.size())) {  // `runs` allows no look
      race.complete = true;
      return race;
    }
    if (look == 1) race.spread = pooled_spread(models);
    const double bound = race_bound(look, all.size(), race.spread->freedom);
    for (const Leaver& leaver :
         leavers(models, racing, seeds, bound, race.spread->deviation, experiment.analysis.max_diverged)) {
      std::erase(racing, leaver.model);
      race.left.push_back(leaver);
    }
    race.looks.push_back({seeds, pairs_of(racing.size()), racing.size()});
    const int next = race_next_round(seeds);
    race.complete = racing.size() < 2 || next > experiment.runs;
    if (race.complete) return race;
    seeds = next;
    for (const std::size_t model : racing) race.wanted[model] = seeds;
  }
}

}  // namespace gpu_sweep
