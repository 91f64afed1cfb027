#include "engine/statistics/planning.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "engine/statistics/methods/pair_tests.h"
#include "engine/statistics/new_images.h"
#include "tests/statistics/simulated_scores.h"

namespace gpu_sweep {
namespace {

constexpr double kSpread = 0.0033;
constexpr double kLead = 0.003;

TEST(Planning, SimulatedPowerIsThatOfTheClaimsTest) {
  const SeedNoise noise(kSpread, 10'000);
  // The expected values are those of docs/statistics.md, measured on simulated studies by compare_models.
  EXPECT_NEAR(simulated_power(noise, kLead, 2, 10, 1'000), 0.431, 0.05);
  EXPECT_NEAR(simulated_power(noise, kLead, 2, 20, 1'000), 0.781, 0.04);
  EXPECT_NEAR(simulated_power(noise, kLead, 5, 20, 300), 0.432, 0.06);
}

TEST(Planning, RunsToDetectReachTheirPower) {
  const auto found = runs_to_detect(SeedNoise(kSpread, 10'000), kLead, 2);
  ASSERT_TRUE(found);
  EXPECT_GE(found->power, kPlannedPower);
  EXPECT_GE(found->runs, 19);
  EXPECT_LE(found->runs, 23);
  std::mt19937 random(3);
  std::normal_distribution<double> difference(kLead, std::sqrt(2.0) * kSpread);
  constexpr int kStudies = 1'000;
  int told = 0;
  for (int study = 0; study < kStudies; ++study) {
    std::vector<double> differences;
    for (int i = 0; i < found->runs; ++i) differences.push_back(std::round(1e4 * difference(random)) / 1e4);
    told += test_paired(differences, 1e-4).p < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(told) / kStudies, found->power, 0.03 + 3 * std::sqrt(0.16 / kStudies));
}

TEST(Planning, HugeDifferencesTakeTheLeastRunsAndTinyOnesAnApproximation) {
  const SeedNoise noise(kSpread, 10'000);
  EXPECT_EQ(runs_to_detect(noise, 0.5, 5)->runs, 9);
  const auto tiny = runs_to_detect(noise, 0.0003, 2);  // 2 (1.95996 + 0.84162)^2 (0.33 / 0.03)^2 = 1899.4
  ASSERT_TRUE(tiny);
  EXPECT_EQ(tiny->studies, 0);
  EXPECT_EQ(tiny->runs, 1'900);
  EXPECT_FALSE(runs_to_detect(noise, 1e-9, 2));
}

TEST(Planning, APilotVariesAsItsRunsDo) {
  SimulatedScores scores(5);
  std::vector<RunRecord> runs;
  for (const char* name : {"a", "b", "c"}) scores.add_model(runs, name, 0.9, Shape::kNormal, 60);
  const auto models = runs_by_model(synthetic_experiment({"a", "b", "c", "none"}, 60), runs);
  const SeedNoise noise(models);
  EXPECT_EQ(noise.pilot_models(), 3);
  EXPECT_EQ(noise.pilot_runs(), 60);
  EXPECT_EQ(noise.unit(), 1e-4);
  EXPECT_NEAR(noise.deviation_of_differences(), std::sqrt(2.0) * kSpread, 0.15 * kSpread);
  RandomSequence random(1, 1);
  const auto drawn = noise.draw(random, 1, 4, 4'000);
  double squares = 0;
  double sum = 0;
  for (std::size_t i = 0; i < drawn[0].size(); ++i) {
    const double difference = drawn[0][i] - drawn[3][i];  // same model of the pilot, independent seeds
    squares += difference * difference / 4'000;
    sum += drawn[1][i] / 4'000;
  }
  EXPECT_NEAR(std::sqrt(squares), std::sqrt(2.0) * kSpread, 0.2 * kSpread);
  EXPECT_NEAR(sum, 0, 0.1 * kSpread);
  EXPECT_THROW(SeedNoise(std::span(models).subspan(3)), std::invalid_argument);
}

TEST(Planning, TheFloorOfTheImages) {
  std::mt19937 random(9);
  std::uniform_real_distribution<double> uniform;
  const std::vector<std::uint8_t> labels(400, 1);
  std::vector<RunRecord> runs;
  for (const char* name : {"a", "b"}) {
    std::vector<double> right;
    for (std::size_t image = 0; image < labels.size(); ++image) right.push_back(0.6 + 0.4 * uniform(random));
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      RunRecord& run = runs.emplace_back(synthetic_run(name, seed, 0.9));
      for (const double share : right) run.test_predictions.push_back(uniform(random) < share ? 1 : 0);
    }
  }
  const auto models = runs_by_model(synthetic_experiment({"a", "b"}, 10), runs);
  const TwoWay parts = TestAnswers(models, labels).compare(0, 1).value();
  const double smallest = (1.959963984540054 + 0.8416212335729143) * std::sqrt(parts.components.images / 400);
  const auto below = image_floor(models, labels, 0.9 * smallest, 2);
  ASSERT_TRUE(below);
  EXPECT_NEAR(below->smallest, smallest, 1e-9);
  EXPECT_EQ(below->images, 400);
  EXPECT_FALSE(below->runs);
  const auto above = image_floor(models, labels, 1.5 * smallest, 2);
  ASSERT_TRUE(above->runs);
  const double seeds = parts.components.seeds + parts.components.rest / 400;
  const double left = 1.25 * parts.components.images / 400;
  EXPECT_EQ(*above->runs, std::max(6, static_cast<int>(std::ceil(seeds / left))));
  EXPECT_FALSE(image_floor(models, {}, 0.01, 2)) << "no labels, no predictions to judge";
}

}  // namespace
}  // namespace gpu_sweep
