#include "gpu_sweep/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/error_of.h"
#include "tests/support/small_dataset.h"

namespace gpu_sweep {
namespace {

ModelSpec model(const std::string& name, std::vector<int> hidden) {
  ModelSpec spec;
  spec.name = name;
  spec.hidden = std::move(hidden);
  spec.batch_size = 50;
  spec.epochs = 3;
  return spec;
}

Experiment experiment(std::vector<ModelSpec> models, int runs) {
  Experiment result;
  result.name = "study";
  result.runs = runs;
  result.seed = 5;
  result.models = std::move(models);
  return result;
}

PlanOptions options(const std::string& device_kind, int replicas) {
  PlanOptions result;
  result.device_kind = device_kind;
  result.replicas_per_group = replicas;
  return result;
}

std::vector<GroupSpec> plan(const Experiment& experiment, const PlanOptions& options) {
  const Dataset dataset = small_dataset();
  return plan_groups(expand(experiment, dataset, options), dataset, options);
}

TEST(Expand, GoesModelByModelWithAscendingSeeds) {
  const std::vector<RunSpec> runs =
      expand(experiment({model("a", {8}), model("b", {16})}, 2), small_dataset(), {});
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[0].model.name, "a");
  EXPECT_EQ(runs[0].seed, 5U);
  EXPECT_EQ(runs[1].seed, 6U);
  EXPECT_EQ(runs[2].model.name, "b");
  EXPECT_EQ(runs[2].seed, 5U);
  std::set<std::string> keys;
  for (const RunSpec& run : runs) keys.insert(run.key);
  EXPECT_EQ(keys.size(), 4U);
}

TEST(Expand, RefusesABatchLargerThanTheTrainingSet) {
  ModelSpec large = model("large", {8});
  large.batch_size = 101;
  EXPECT_THAT(
      test::error_of(ExitCode::kUsage, [&] { expand(experiment({large}, 1), small_dataset(100), {}); }),
      testing::HasSubstr("batch_size: found 101, expected at most 100"));
}

TEST(Expand, RefusesMoreElementsPerLayerThanAnOperationCanCount) {
  ModelSpec huge = model("huge", {8, 1 << 29});
  huge.batch_size = 4;
  EXPECT_THAT(
      test::error_of(ExitCode::kUsage, [&] { expand(experiment({huge}, 1), small_dataset(100), {}); }),
      testing::HasSubstr("model 'huge': batch_size 4 with hidden width 536870912"));
}

TEST(PlanGroups, PlansModelsThatDifferOnlyInNameOnce) {
  const auto groups = plan(experiment({model("a", {8}), model("twin of a", {8})}, 3), options("cpu", 10));
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].runs.size(), 3U);
}

TEST(PlanGroups, PutsTheCostliestFirstAndOneModelsRunsTogether) {
  const auto groups = plan(experiment({model("small", {8}), model("wide", {64}), model("deep", {64, 64})}, 3),
                           options("cpu", 2));
  std::vector<std::string> names;
  for (const GroupSpec& group : groups) {
    for (const RunSpec& run : group.runs) names.push_back(run.model.name + std::to_string(run.seed));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"deep5", "deep6", "wide5", "wide6", "deep7", "wide7", "small5",
                                             "small6", "small7"}));
}

TEST(PlanGroups, RunsOfOneShapeShareAGroupAcrossModels) {
  ModelSpec slow = model("slow", {8});
  slow.optimizer.learning_rate = 0.0001;
  slow.dropout = 0;
  const auto groups = plan(experiment({model("a", {8}), slow}, 2), options("cuda", 8));
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].runs.size(), 4U);
  EXPECT_EQ(groups[0].runs[1].model.name, "a");
  EXPECT_EQ(groups[0].runs[2].model.name, "slow");
}

TEST(PlanGroups, RunsWithSchedulesOfEveryKindShareAGroup) {
  std::vector<ModelSpec> models;
  for (const ScheduleKind kind : kSchedules) {
    models.push_back(model(to_string(kind), {8}));
    models.back().schedule = ScheduleSpec::with_defaults(kind);
    models.back().schedule.warmup = 1;
  }
  EXPECT_EQ(plan(experiment(models, 1), options("cuda", 8)).size(), 1U);
}

/// Settings that an update or a loss reads as numbers may differ within a group.
TEST(PlanGroups, RunsWithOtherLimitsPenaltiesAndWeightsShareAGroup) {
  std::vector<ModelSpec> models;
  for (const char* name : {"decay", "l2", "value"}) models.push_back(model(name, {8}));
  models[0].optimizer.weight_decay = 0.1;
  models[1].optimizer.l2 = 0.1;
  models[2].optimizer.gradient_clip_value = 0.1;
  const std::vector<GroupSpec> groups = plan(experiment(models, 1), options("cuda", 8));
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_TRUE(groups[0].shape.extras.penalized) << "some run is";
  std::erase_if(models, [](const ModelSpec& each) { return each.name == "l2"; });
  EXPECT_FALSE(plan(experiment(models, 1), options("cuda", 8))[0].shape.extras.penalized);
  models = {model("smoothed", {8}), model("balanced", {8})};
  models[0].label_smoothing = 0.1;
  models[1].class_weights.balanced = true;
  EXPECT_EQ(plan(experiment(models, 1), options("cuda", 8)).size(), 1U);
}

TEST(PlanGroups, RefusesWeightsForOtherClassesThanTheDatas) {
  ModelSpec weights = model("w", {8});
  weights.class_weights.values = {1, 2, 3};
  EXPECT_EQ(test::error_of(ExitCode::kUsage, [&] { plan(experiment({weights}, 1), options("cpu", 8)); }),
            "model 'w': class_weights: found 3 weights, expected " + std::to_string(small_dataset().classes) +
                ", one per class of the data");
}

TEST(PlanGroups, RunsThatCannotShareAGroupAreSeparated) {
  ModelSpec epochs = model("epochs", {8});
  epochs.epochs = 4;
  ModelSpec shuffle = model("shuffle", {8});
  shuffle.shuffle = false;
  ModelSpec batch = model("batch", {8});
  batch.batch_size = 25;
  ModelSpec activation = model("activation", {8});
  activation.activation = Activation::kTanh;
  ModelSpec optimizer = model("optimizer", {8});
  optimizer.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
  ModelSpec schedule = model("schedule", {8});
  schedule.schedule = ScheduleSpec::with_defaults(ScheduleKind::kCosine);
  ModelSpec decay = model("decay", {8});
  decay.optimizer.weight_decay = 0.1;
  ModelSpec norm = model("norm", {8});
  norm.optimizer.gradient_clip_norm = 1;
  ModelSpec smoothing = model("smoothing", {8});
  smoothing.label_smoothing = 0.1;
  ModelSpec stopping = model("stopping", {8});
  stopping.early_stopping.monitor = Monitor::kValidationLoss;
  ModelSpec restoring = model("restoring", {8});
  restoring.early_stopping = {Monitor::kValidationLoss, 5, 0, true};
  const auto groups = plan(experiment({model("a", {8}), epochs, shuffle, batch, activation, optimizer,
                                       schedule, decay, norm, smoothing, stopping, restoring},
                                      1),
                           options("cuda", 8));
  EXPECT_EQ(groups.size(), 12U);
}

TEST(PlanGroups, FillsShortGroupsWithIdleReplicasButNotOnTheCpu) {
  const Experiment five = experiment({model("a", {8})}, 5);
  const auto cuda = plan(five, options("cuda", 4));
  ASSERT_EQ(cuda.size(), 2U);
  EXPECT_EQ(cuda[1].runs.size(), 1U);
  EXPECT_EQ(cuda[1].replicas, 4);
  const auto cpu = plan(five, options("cpu", 4));
  ASSERT_EQ(cpu.size(), 2U);
  EXPECT_EQ(cpu[0].replicas, 4);
  EXPECT_EQ(cpu[1].replicas, 1);
}

TEST(Halves, HaveTheSameNumberOfReplicasAndKeepEveryRun) {
  const GroupSpec five = plan(experiment({model("a", {8})}, 5), options("cuda", 5)).at(0);
  const std::vector<GroupSpec> parts = halves(five);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].replicas, 3);
  EXPECT_EQ(parts[1].replicas, 3);
  EXPECT_EQ(parts[0].runs.size(), 3U);
  EXPECT_EQ(parts[1].runs.size(), 2U);
  EXPECT_EQ(parts[1].runs[1].key, five.runs[4].key);
  EXPECT_EQ(parts[1].epochs, five.epochs);

  const GroupSpec idle = plan(experiment({model("a", {8})}, 2), options("cuda", 8)).at(0);
  ASSERT_EQ(halves(idle).size(), 1U);
  EXPECT_EQ(halves(idle)[0].replicas, 4);
}

TEST(PlanGroups, RunsShareAGroupOnlyIfTheirSnapshotsAreOfTheSameEpoch) {
  const std::vector<RunSpec> runs = expand(experiment({model("a", {8})}, 6), small_dataset(), {});
  const auto epochs_done = [&](const std::string& key) {
    if (key == runs[1].key || key == runs[4].key) return 2;
    return key == runs[2].key ? 1 : 0;
  };
  const auto groups = plan_groups(runs, small_dataset(), options("cuda", 4), {}, epochs_done);
  std::map<int, std::vector<std::uint64_t>> seeds;  // by epochs done
  for (const GroupSpec& group : groups) {
    EXPECT_EQ(group.replicas, 4) << "the products keep their algorithm";
    EXPECT_EQ(group.epochs, 3);
    for (const RunSpec& run : group.runs) seeds[group.epochs_done].push_back(run.seed);
  }
  EXPECT_EQ(groups.size(), 3U);
  EXPECT_EQ(seeds[0], (std::vector<std::uint64_t>{5, 8, 10}));
  EXPECT_EQ(seeds[1], (std::vector<std::uint64_t>{7}));
  EXPECT_EQ(seeds[2], (std::vector<std::uint64_t>{6, 9}));
  for (const GroupSpec& part : halves(groups.back())) EXPECT_EQ(part.epochs_done, groups.back().epochs_done);
}

TEST(PlanGroups, LeavesOutFinishedRuns) {
  const Experiment three = experiment({model("a", {8})}, 3);
  const std::vector<RunSpec> runs = expand(three, small_dataset(), {});
  const auto groups =
      plan_groups(runs, small_dataset(), {}, [&](const std::string& key) { return key == runs[1].key; });
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].runs[0].seed, 5U);
  EXPECT_EQ(groups[1].runs[0].seed, 7U);
  EXPECT_TRUE(plan_groups(runs, small_dataset(), {}, [](const std::string&) { return true; }).empty());
}

}  // namespace
}  // namespace gpu_sweep
