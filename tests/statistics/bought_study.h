// Studies that buy seeds (until_decided.h). A function makes their runs, so nothing is trained.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/statistics/until_decided.h"
#include "tests/statistics/synthetic_runs.h"

namespace gpu_sweep {

/// Returns a run with an accuracy that is drawn from a normal distribution. `model` and `seed` are indices.
/// Each pair of them has a random sequence of its own, so equal arguments give equal runs, as in training.
inline RunRecord drawn_run(const Experiment& experiment, std::size_t model, int seed, double mean,
                           double spread) {
  std::mt19937 random(static_cast<std::uint32_t>(7919 * seed + 31 * static_cast<int>(model)));
  std::normal_distribution<double> draw(mean, spread);
  return synthetic_run(experiment.models[model].name, experiment.seed + static_cast<std::uint64_t>(seed),
                       draw(random));
}

/// Returns the runs of the study after it has bought all seeds. `train(model, seed)` returns the run with
/// these indices of model and seed. `next` puts the missing runs in the order in which they are trained. It
/// returns how many of them are trained before the process is killed; all if it is not. `labels` are those of
/// purchase_of.
template <typename Train, typename Next>
std::vector<RunRecord> buy(const Experiment& experiment, const Train& train, const Next& next,
                           std::span<const std::uint8_t> labels = {}) {
  std::vector<RunRecord> runs;
  std::set<std::pair<std::string, std::uint64_t>> there;
  for (;;) {
    std::vector<RunRecord> missing;
    const Purchase purchase = purchase_of(experiment, runs, labels);
    for (std::size_t model = 0; model < experiment.models.size(); ++model) {
      for (int seed = 0; seed < purchase.wanted[model]; ++seed) {
        RunRecord run = train(model, seed);
        if (!there.contains({run.model, run.seed})) missing.push_back(std::move(run));
      }
    }
    EXPECT_EQ(missing.empty(), purchase.complete);
    if (missing.empty()) return runs;
    const std::size_t taken = next(missing);
    for (std::size_t i = 0; i < taken; ++i) {
      there.insert({missing[i].model, missing[i].seed});
      runs.push_back(missing[i]);
    }
  }
}

}  // namespace gpu_sweep
