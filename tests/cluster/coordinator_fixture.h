// A leader and training ranks as threads of one process. The runs are invented; nothing is trained.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "engine/cluster/coordinator.h"
#include "engine/cluster/message.h"
#include "engine/cluster/worker.h"
#include "engine/store/database/experiment_json.h"
#include "tests/cluster/loopback.h"
#include "tests/support/sample_runs.h"

namespace gpu_sweep::test {

/// Reports a group as trained, as a sweep does. The records have the keys of the group's runs.
inline void finish(const GroupSpec& group, const SweepEvents& events) {
  Trained trained;
  for (const RunSpec& run : group.runs) {
    trained.records.push_back(sample_run(run.model, run.seed));
    trained.records.back().key = run.key;
  }
  trained.weights.resize(trained.records.size());
  events.keep(trained);
  for (const RunRecord& run : trained.records) events.snapshots.drop(run);
}

/// A job with one leader and three training ranks. It has 40 runs in groups of four.
class Coordinator : public ::testing::Test {
 protected:
  Coordinator() {
    stored.experiment = sample_experiment();
    stored.experiment.runs = 20;
    stored.provenance = sample_provenance();
    for (const ModelSpec& model : stored.experiment.models) {
      for (std::uint64_t seed = 0; seed < 20; seed += 4) {
        GroupSpec& group = groups.emplace_back();
        group.replicas = 4;
        for (std::uint64_t i = 0; i < 4; ++i) {
          group.runs.push_back({model, seed + i, sample_run(model, seed + i).key});
        }
      }
    }
  }

  Hello hello(const Provenance& provenance) const {
    return {"somewhere", to_json(stored.experiment).dump(), to_json(provenance).dump(), 2};
  }

  /// Returns the Work of a rank, that is, the functions that carry out orders. They call `on_group`, which
  /// may throw, for each group.
  Work work(const std::function<void()>& on_group = {}) const {
    Work result;
    result.patience = {};  // no wait, since no launcher ends this job after its leader has thrown
    result.group = [this](const GroupOrder& order) {
      EXPECT_EQ(order.replicas, 4U);
      EXPECT_EQ(order.keys.front(), groups.at(order.group).runs.front().key);
      return groups.at(order.group);
    };
    result.train = [on_group](const GroupSource& next, const SweepEvents& events,
                              const std::stop_token& stop) {
      while (const std::optional<GroupSpec> group = next(stop)) {
        if (on_group) on_group();
        for (int epoch = 1; epoch <= 3; ++epoch) events.on_epoch(*group, epoch);
        finish(*group, events);
      }
    };
    return result;
  }

  std::jthread trainer(int rank, const Hello& greeting, const Work& does) {
    return std::jthread([this, rank, greeting, does](const std::stop_token& stop) {
      serve(loopback.communicator(rank), greeting, does, stop);
    });
  }

  /// Starts ranks 1 to 3.
  std::vector<std::jthread> all_trainers(const Work& does) {
    std::vector<std::jthread> all;
    for (int rank = 1; rank < 4; ++rank) all.push_back(trainer(rank, hello(stored.provenance), does));
    return all;
  }

  SweepResult lead(const SweepEvents& events = {}) {
    return coordinate(loopback.communicator(0), groups, stored, events, {});
  }

  StoredExperiment stored;
  std::vector<GroupSpec> groups;
  Loopback loopback{4};
};

/// Returns the snapshot that a rank makes of a run after its first epoch. It has 2 + `more` weights; with
/// 300,000 of them, it needs several messages.
inline Snapshot snapshot_of(const RunSpec& run, float weight, std::size_t more = 0) {
  Snapshot snapshot;
  snapshot.key = run.key;
  snapshot.history = {{1, 2, 3, 4}, {0.5, 0.25, 0.125, 1e300}};
  snapshot.step = 7;
  snapshot.weights = {weight, -0.0F};
  snapshot.optimizer = {{2, 3}};
  snapshot.weights.resize(2 + more, weight);
  snapshot.optimizer[0].resize(2 + more, weight);
  return snapshot;
}

}  // namespace gpu_sweep::test
