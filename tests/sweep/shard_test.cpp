#include "gpu_sweep/shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/sweep/cost.h"
#include "gpu_sweep/planner.h"
#include "tests/support/small_dataset.h"

namespace gpu_sweep {
namespace {

constexpr SplitRows kRows{100, 20, 20};

/// Returns `runs` runs of each of `models` models, in groups of at most `replicas`. Each model costs more
/// than the one before.
std::vector<GroupSpec> plan(int models, int runs, int replicas) {
  Experiment experiment;
  experiment.runs = runs;
  for (int i = 0; i < models; ++i) {
    ModelSpec model;
    model.name = std::to_string(i);
    model.hidden = {16 + 40 * i};
    model.batch_size = 50;
    model.epochs = 3;
    experiment.models.push_back(model);
  }
  PlanOptions options;
  options.replicas_per_group = replicas;
  return plan_groups(expand(experiment, small_dataset(), options), small_dataset(), options);
}

std::map<std::string, double> costs(const std::vector<GroupSpec>& groups) {
  std::map<std::string, double> cost;
  for (const GroupSpec& group : groups) {
    for (const RunSpec& run : group.runs) cost[run.key] = run_flops(group.shape, kRows, group.epochs);
  }
  return cost;
}

TEST(ShardRuns, EveryRunBelongsToOneShardAndLoadsDifferByOneGroupAtMost) {
  for (const int replicas : {1, 3}) {
    const std::vector<GroupSpec> groups = plan(5, 7, replicas);
    const std::map<std::string, double> cost = costs(groups);
    const double costliest = group_flops(groups.front(), kRows);
    for (int count = 1; count <= 8; ++count) {
      std::map<std::string, int> seen;
      std::vector<double> loads;
      for (int index = 1; index <= count; ++index) {
        loads.push_back(0);
        for (const RunSpec& run : shard_runs(groups, small_dataset(), {index, count})) {
          ++seen[run.key];
          loads.back() += cost.at(run.key);
        }
      }
      EXPECT_EQ(seen.size(), cost.size()) << count;
      for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << key;
      EXPECT_LE(std::ranges::max(loads) - std::ranges::min(loads), costliest * (1 + 1e-12)) << count;
    }
  }
}

TEST(ShardRuns, GroupsStayWhole) {
  const std::vector<GroupSpec> groups = plan(2, 8, 4);
  for (int index = 1; index <= 3; ++index) {
    const std::vector<RunSpec> runs = shard_runs(groups, small_dataset(), {index, 3});
    for (const GroupSpec& group : groups) {
      const auto mine = std::ranges::count_if(runs, [&](const RunSpec& run) {
        return std::ranges::any_of(group.runs, [&](const RunSpec& other) { return other.key == run.key; });
      });
      EXPECT_TRUE(mine == 0 || mine == 4) << mine;
    }
  }
}

TEST(ShardRuns, TheOrderOfEquallyCostlyGroupsDecidesAndNothingElse) {
  const std::vector<GroupSpec> groups = plan(1, 4, 1);
  const auto seeds = [&](const Shard& shard) {
    std::vector<std::uint64_t> result;
    for (const RunSpec& run : shard_runs(groups, small_dataset(), shard)) result.push_back(run.seed);
    return result;
  };
  EXPECT_EQ(seeds({1, 3}), (std::vector<std::uint64_t>{0, 3}));
  EXPECT_EQ(seeds({2, 3}), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(seeds({3, 3}), (std::vector<std::uint64_t>{2}));
}

TEST(ShardRuns, MoreShardsThanGroupsLeaveSomeWithoutRuns) {
  const std::vector<GroupSpec> groups = plan(1, 2, 1);
  EXPECT_EQ(shard_runs(groups, small_dataset(), {2, 3}).size(), 1U);
  EXPECT_TRUE(shard_runs(groups, small_dataset(), {3, 3}).empty());
}

}  // namespace
}  // namespace gpu_sweep
