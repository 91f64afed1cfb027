// On the stand-in for a GPU (tests/simt/README.md), the CUDA lane gives the CPU's metrics, and a training
// step takes five graph nodes per hidden layer and six more.
#include "tests/simt/simt.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/program/builders.h"
#include "gpu_sweep/scheduler.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"
#include "tests/train/stopping_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr std::uint64_t kSeed = 7;

ModelSpec small_model() {
  ModelSpec model;
  model.name = "small";
  model.hidden = {32, 16};
  model.batch_size = 128;
  model.epochs = 2;
  return model;
}

std::vector<RunRecord> train_on(const std::string& device, const Dataset& dataset, const GroupSpec& group) {
  std::vector<RunRecord> records;
  SweepEvents events;
  events.on_run = [&](const RunRecord& run, const Weights&) { records.push_back(run); };
  run_groups({group}, dataset, choose_devices(device), {.events = events});
  return records;
}

TEST(Simt, ThreeReplicasGiveTheCpusFigures) {
  simt::set_seed(kSeed);
  const Dataset dataset = synthetic_dataset(512, 64, 64, 12, 10);
  std::vector<RunSpec> runs;
  for (const std::uint64_t seed : {5, 6, 7}) runs.push_back({small_model(), seed, {}});
  GroupSpec group = group_of_runs(dataset, runs, 3);
  group.keep_probabilities = true;

  const std::vector<RunRecord> expected = train_on("cpu", dataset, group);
  const std::uint64_t threads_before = simt::threads_run();
  const std::vector<RunRecord> found = train_on("simt", dataset, group);
  EXPECT_GT(simt::threads_run(), threads_before);
  EXPECT_EQ(simt::take_violations(), std::vector<std::string>{});

  ASSERT_EQ(found.size(), 3u);
  for (std::size_t r = 0; r < found.size(); ++r) {
    SCOPED_TRACE("run " + std::to_string(r) + ", stand-in seed " + std::to_string(kSeed));
    ASSERT_EQ(found[r].history.size(), 3u);
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      EXPECT_NEAR(found[r].history[epoch].loss, expected[r].history[epoch].loss, 1e-5) << epoch;
      EXPECT_NEAR(found[r].history[epoch].val_loss, expected[r].history[epoch].val_loss, 1e-5) << epoch;
    }
    for (const Split split : kBasicSplits) EXPECT_NEAR(found[r][split].loss, expected[r][split].loss, 1e-5);
    ASSERT_EQ(found[r].test_probabilities.size(), 64u * 10u);
    for (std::size_t i = 0; i < found[r].test_probabilities.size(); ++i) {
      const float p = to_float(expected[r].test_probabilities[i]);
      EXPECT_NEAR(to_float(found[r].test_probabilities[i]), p, 1e-5 + 0x1p-10 * p) << i;
    }
    EXPECT_LT(found[r].history[2].loss, found[r].history[0].loss);  // it learns
  }
  EXPECT_NE(found[0].history, found[1].history);
}

/// 17 steps per epoch do not fit in one graph, so a second, smaller graph has the rest.
TEST(Simt, AnEpochOfTwoGraphsGivesTheCpusFigures) {
  simt::set_seed(kSeed);
  const Dataset dataset = synthetic_dataset(17 * 4 - 1, 8, 8);
  ModelSpec model = small_model();
  model.hidden = {5};
  model.batch_size = 4;
  const GroupSpec group = group_of_runs(dataset, {{model, 5, {}}, {model, 6, {}}}, 2);
  const std::vector<RunRecord> expected = train_on("cpu", dataset, group);
  const std::vector<RunRecord> found = train_on("simt", dataset, group);
  EXPECT_EQ(simt::take_violations(), std::vector<std::string>{});
  ASSERT_EQ(found.size(), 2u);
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      EXPECT_NEAR(found[r].history[epoch].loss, expected[r].history[epoch].loss, 1e-5) << r << " " << epoch;
    }
  }
}

/// A group whose runs stop early, and the smaller groups of those that go on, give the bits that each run
/// gives alone. Tested with three seeds of the stand-in, which determine the order of its threads.
TEST(Simt, SmallerGroupsGiveTheBitsOfRunsAlone) {
  const Dataset dataset = synthetic_dataset(40, 12, 9);
  const std::vector<RunSpec> runs = stopping_runs(/*settings=*/true);
  std::map<std::string, RunRecord> alone;
  simt::set_seed(kSeed);
  for (const RunSpec& run : runs) {
    alone[run.key] = train_on("simt", dataset, group_of_runs(dataset, {run}, 1)).at(0);
  }
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("stand-in seed " + std::to_string(seed));
    simt::set_seed(seed);
    const std::vector<RunRecord> together = train_on("simt", dataset, group_of_runs(dataset, runs, 6));
    EXPECT_EQ(simt::take_violations(), std::vector<std::string>{});
    ASSERT_EQ(together.size(), runs.size());
    for (const RunRecord& run : together) {
      SCOPED_TRACE(run.key);
      EXPECT_EQ(run.history, alone.at(run.key).history);
      EXPECT_EQ(run.objective, alone.at(run.key).objective);
      EXPECT_EQ(run.final, alone.at(run.key).final);
      EXPECT_EQ(run.test_predictions, alone.at(run.key).test_predictions);
    }
  }
}

/// Returns the number of graph nodes of one step of the study's model with `hidden_layers` hidden layers. The
/// layers are narrow, since the number of nodes does not depend on widths.
int nodes_of_step(Lane& lane, int hidden_layers) {
  const Dataset dataset = synthetic_dataset(8, 4, 4, 2);
  const DatasetLayout sizes = dataset_layout(dataset);
  ModelSpec model = small_model();
  model.hidden.assign(static_cast<std::size_t>(hidden_layers), 4);
  model.batch_size = 4;
  const GroupSpec group = group_of_runs(dataset, {{model, 1, {}}}, 2);
  const GroupLayout layout =
      group_layout(group.shape, sizes, group.replicas, 4, true, lane.shuffle_scratch_bytes(2, 8));
  const Buffer data = lane.allocate(sizes.bytes);
  const Buffer arena = lane.allocate(layout.arena_bytes);
  return lane.compile(build_train_step(layout), data, arena, 1).nodes().count;
}

/// Holds if cuBLAS uses one node per product. If cuBLAS adds further nodes, they are counted as well.
TEST(Simt, AStepTakesAtMostFiveNodesALayerAndSix) {
  simt::set_seed(kSeed);
  const std::unique_ptr<Lane> lane = choose_devices("simt").backend.make_lane(0, {});
  for (int hidden_layers = 1; hidden_layers <= 5; ++hidden_layers) {
    SCOPED_TRACE(hidden_layers);
    simt::set_split_products(false);
    EXPECT_EQ(nodes_of_step(*lane, hidden_layers), 5 * hidden_layers + 6);
    simt::set_split_products(true);
    EXPECT_GE(nodes_of_step(*lane, hidden_layers), 5 * hidden_layers + 6);
  }
  EXPECT_GT(nodes_of_step(*lane, 5), 5 * 5 + 6) << "17 products and none was split, stand-in seed " << kSeed;
}

}  // namespace
}  // namespace gpu_sweep::test
