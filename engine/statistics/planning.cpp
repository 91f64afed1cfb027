#include "engine/statistics/planning.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/statistics/comparison.h"
#include "engine/statistics/judged_metric.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/new_images.h"
#include "engine/statistics/sampling_error.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kMostRivals = 8;
constexpr std::size_t kMostPilotModels = 10;  // their 45 pairs are enough for a mean

/// Returns the sum of the normal quantiles for Holm's first step and for the power.
double z_of_design(std::size_t models) {
  const auto family = static_cast<double>(std::max<std::size_t>(1, pairs_of(models)));
  return normal_quantile(1 - (1 - kConfidence) / 2 / family) + normal_quantile(kPlannedPower);
}

double uniform(RandomSequence& random) { return (random.word() + 0.5) / 4294967296.0; }

/// Returns scores [models][R] of the models with two or more runs, on the R seeds that all of them share.
std::vector<std::vector<double>> common_scores(std::span<const ModelRuns> pilot) {
  std::vector<const ModelRuns*> models;
  for (const ModelRuns& model : pilot) {
    if (model.runs.size() >= 2) models.push_back(&model);
  }
  std::vector<std::vector<double>> scores(models.size());
  const Metric metric = judged_metric(pilot);
  if (models.empty()) return scores;
  for (const RunRecord* run : models.front()->runs) {
    std::vector<double> row;
    for (const ModelRuns* model : models) {
      const auto same = std::find_if(model->runs.begin(), model->runs.end(),
                                     [&](const RunRecord* other) { return other->seed == run->seed; });
      if (same != model->runs.end()) row.push_back(value_of(**same, metric));
    }
    if (row.size() < models.size()) continue;
    for (std::size_t m = 0; m < row.size(); ++m) scores[m].push_back(row[m]);
  }
  return scores;
}

}  // namespace

SeedNoise::SeedNoise(double deviation, int images)
    : deviation_(deviation), difference_deviation_(std::sqrt(2.0) * deviation), unit_(1.0 / images) {}

SeedNoise::SeedNoise(std::span<const ModelRuns> pilot) : scores_(common_scores(pilot)) {
  if (scores_.empty() || scores_.front().size() < 2) {
    throw std::invalid_argument("a pilot needs two runs on common seeds");
  }
  const auto runs = static_cast<double>(scores_.front().size());
  double squares = 0;
  for (std::size_t a = 0; a < scores_.size(); ++a) {
    for (std::size_t b = a + 1; b < scores_.size(); ++b) {
      std::vector<double> differences = scores_[a];
      for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= scores_[b][i];
      squares += moments(differences).squares / (runs - 1);
    }
  }
  const std::size_t pairs = pairs_of(scores_.size());
  difference_deviation_ = pairs == 0 ? std::sqrt(2 * moments(scores_[0]).squares / (runs - 1))
                                     : std::sqrt(squares / static_cast<double>(pairs));
  const double stretch = std::sqrt(runs / (runs - 1));
  for (std::vector<double>& model : scores_) {
    const double mean = moments(model).mean;
    for (double& score : model) score = stretch * (score - mean);
  }
  for (const ModelRuns& model : pilot) {
    const int images = images_of(model, judged_metric(pilot).split);
    if (images > 0) unit_ = 1.0 / images;
  }
}

int SeedNoise::pilot_runs() const { return scores_.empty() ? 0 : static_cast<int>(scores_.front().size()); }

std::vector<std::vector<double>> SeedNoise::draw(RandomSequence& random, std::size_t first,
                                                 std::size_t models, int runs) const {
  std::vector<std::vector<double>> drawn(models, std::vector<double>(static_cast<std::size_t>(runs)));
  std::vector<std::uint32_t> seeds(static_cast<std::size_t>(runs));
  for (std::size_t m = 0; m < models; ++m) {
    if (scores_.empty()) {
      for (double& score : drawn[m]) score = deviation_ * normal_quantile(uniform(random));
      continue;
    }
    if (m % scores_.size() == 0) {
      for (std::uint32_t& seed : seeds) seed = random.below(static_cast<std::uint32_t>(pilot_runs()));
    }
    const std::vector<double>& model = scores_[(first + m) % scores_.size()];
    for (std::size_t i = 0; i < seeds.size(); ++i) drawn[m][i] = model[seeds[i]];
  }
  return drawn;
}

double simulated_power(const SeedNoise& noise, double difference, std::size_t models, int runs, int studies) {
  const std::size_t rivals = std::min(models - 1, kMostRivals);
  std::size_t told = 0;
  for (int study = 0; study < studies; ++study) {
    RandomSequence random(kResampleSeed, 1'000 + static_cast<std::uint32_t>(study));
    const auto scores = noise.draw(random, static_cast<std::size_t>(study), rivals + 1, runs);
    std::vector<PairTest> tests;
    for (std::size_t rival = 1; rival <= rivals; ++rival) {
      std::vector<double> differences;
      for (std::size_t i = 0; i < scores[0].size(); ++i) {
        const double lead = scores[0][i] + difference - scores[rival][i];
        differences.push_back(noise.unit() > 0 ? std::round(lead / noise.unit()) * noise.unit() : lead);
      }
      tests.push_back(test_paired(differences, noise.unit()));
    }
    for (const PairDecision& each :
         decide_pairs(tests, {pairs_of(models), {}, [](std::size_t) { return false; }})) {
      told += each.told ? 1 : 0;
    }
  }
  return static_cast<double>(told) / (static_cast<double>(studies) * static_cast<double>(rivals));
}

std::optional<RunsToDetect> runs_to_detect(const SeedNoise& noise, double difference, std::size_t models) {
  const double approximate =
      std::ceil(std::pow(z_of_design(models) * noise.deviation_of_differences() / difference, 2));
  if (!(approximate <= 1e9)) return std::nullopt;
  const int least = fewest_runs(pairs_of(models));
  const int guess = std::max(least, static_cast<int>(approximate));
  if (guess > kMostSimulatedRuns) return RunsToDetect{guess, kPlannedPower, 0};
  const int studies = models < 5 ? 1'000 : 500;
  const auto power = [&](int runs) { return simulated_power(noise, difference, models, runs, studies); };
  RunsToDetect found{guess, power(guess), studies};
  int below = least - 1;
  if (found.power < kPlannedPower) {
    while (found.power < kPlannedPower) {
      below = found.runs;
      found.runs += std::max(1, found.runs / 8);
      found.power = power(found.runs);
    }
  }
  // Decreases the number of runs in growing steps until it is too small, then bisects.
  for (int step = std::max(1, found.runs / 10); found.runs - below > std::max(1, found.runs / 50);) {
    const int runs = below < least ? std::max(least, found.runs - step) : (found.runs + below) / 2;
    const double share = power(runs);
    if (share >= kPlannedPower) {
      found = {runs, share, studies};
      step *= 2;
      if (runs == least) break;
    } else {
      below = runs;
    }
  }
  return found;
}

std::optional<ImageFloor> image_floor(std::span<const ModelRuns> pilot, std::span<const std::uint8_t> labels,
                                      double difference, std::size_t models) {
  pilot = pilot.first(std::min(pilot.size(), kMostPilotModels));
  double of_images = 0;
  double of_seeds = 0;
  int pairs = 0;
  const TestAnswers answers(pilot, labels);
  for (std::size_t a = 0; a < pilot.size(); ++a) {
    for (std::size_t b = a + 1; b < pilot.size(); ++b) {
      const std::optional<TwoWay> found = answers.compare(a, b);
      if (!found || !found->enough_images()) continue;
      const VarianceComponents& parts = found->components;
      of_images += parts.images / found->images;
      of_seeds += parts.seeds + parts.rest / found->images;
      ++pairs;
    }
  }
  if (pairs == 0) return std::nullopt;
  of_images = std::max(0.0, of_images / pairs);
  of_seeds = std::max(0.0, of_seeds / pairs);
  const double z = z_of_design(models);
  ImageFloor floor{static_cast<int>(labels.size()), z * std::sqrt(of_images), {}};
  const double left = std::pow(difference / z, 2) - of_images;
  if (left > 0 && of_seeds / left < 1e9) {
    floor.runs = std::max(fewest_runs(pairs_of(models)), static_cast<int>(std::ceil(of_seeds / left)));
  }
  return floor;
}

}  // namespace gpu_sweep
