// Scores of simulated runs, for tests of `judge`.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/statistics/judge/judge.h"

namespace gpu_sweep {

/// Scores of simulated models. The seeds of each model are 0, 1, ..., and all scores are multiples of 1e-4.
class Runs {
 public:
  explicit Runs(std::uint64_t seed) : random_(seed) {}

  Runs& add(const std::string& model, int runs, double mean, double spread, const std::string& dataset = "") {
    std::normal_distribution<double> draw(mean, spread);
    for (int i = 0; i < runs; ++i) {
      Score& score = scores.runs.emplace_back();
      score.model = model;
      score.dataset = dataset;
      score.seed = std::to_string(i);
      score.value = std::round(draw(random_) * 1e4) / 1e4;
    }
    return *this;
  }

  Scores without_seeds() const {
    Scores bare = scores;
    bare.seeds = false;
    for (Score& score : bare.runs) score.seed.clear();
    return bare;
  }

  std::vector<double> values(const std::string& model) const {
    std::vector<double> found;
    for (const Score& score : scores.runs) {
      if (score.model == model && score.value) found.push_back(*score.value);
    }
    return found;
  }

  Scores scores = [] {
    Scores empty;
    empty.seeds = true;
    return empty;
  }();

 private:
  std::mt19937_64 random_;
};

inline const JudgeOptions kHigher = {};

inline JudgeOptions paired(Pairing pairing) {
  JudgeOptions options;
  options.pairing = pairing;
  return options;
}

}  // namespace gpu_sweep
