#include "engine/sweep/cost.h"

#include <gtest/gtest.h>

namespace gpu_sweep {
namespace {

MlpSpec shape(std::vector<int> hidden) {
  MlpSpec spec;
  spec.features = 784;
  spec.hidden = std::move(hidden);
  spec.classes = 10;
  return spec;
}

TEST(Cost, OneLayerByHand) {
  // Forward and dW take 2 x 784 x 10 FLOPs each; there is no dX.
  EXPECT_EQ(training_flops(shape({}), 1), 2 * 2 * 7840);
  EXPECT_EQ(evaluation_flops(shape({}), 3), 3 * 2 * 7840);
}

/// According to docs/what_is_computed.md, section 5, an epoch of 50,000 samples costs from 41 GFLOP (original
/// model) to 53 GFLOP (deepest model, with five hidden layers). The study of 500 runs of 50 epochs costs 1.25
/// PFLOP.
TEST(Cost, AgreesWithTheStudy) {
  const std::vector<std::vector<int>> models = {
      {256}, {256, 128}, {256, 128, 64}, {256, 128, 64, 32}, {256, 128, 64, 32, 16}};
  EXPECT_NEAR(training_flops(shape(models.front()), 50'000), 41e9, 0.5e9);
  EXPECT_NEAR(training_flops(shape(models.back()), 50'000), 53e9, 0.5e9);
  double training = 0;
  for (const std::vector<int>& hidden : models) {
    training += 100 * 50 * training_flops(shape(hidden), 50'000);
  }
  EXPECT_NEAR(training, 1.25e15, 0.02e15);
}

TEST(Cost, ARunIsItsEpochsAndItsEvaluations) {
  const MlpSpec spec = shape({16});
  const SplitRows rows = {60, 12, 10};
  const double expected = evaluation_flops(spec, 72) +
                          4 * (training_flops(spec, 60) + evaluation_flops(spec, 12)) +
                          evaluation_flops(spec, 82);
  EXPECT_DOUBLE_EQ(run_flops(spec, rows, 4), expected);
}

RunRecord record_of(const RunSpec& run) {
  RunRecord record;
  record.model = run.model.name;
  record.seed = run.seed;
  return record;
}

/// Three runs of ten epochs. One stops after two epochs and leaves its group. The two others take part in all
/// epochs of the group, whether or not they stop early.
TEST(WorkLeft, EndsAtZeroWhereRunsStopEarly) {
  const SplitRows rows = {60, 12, 10};
  GroupSpec group;
  group.shape = shape({16});
  group.epochs = 10;
  group.runs.resize(3);
  for (std::size_t i = 0; i < group.runs.size(); ++i) group.runs[i].seed = i;
  WorkLeft work({group}, rows);
  const double epoch = epoch_flops(group.shape, rows);
  EXPECT_DOUBLE_EQ(work.total(), 30 * epoch);
  double done = 0;
  for (int i = 0; i < 2; ++i) done += work.epoch_done(group);
  EXPECT_DOUBLE_EQ(done, 6 * epoch);
  EXPECT_DOUBLE_EQ(work.run_ended(record_of(group.runs[0])), 8 * epoch);
  done += 8 * epoch;
  GroupSpec rest = group;
  rest.runs.erase(rest.runs.begin());
  rest.epochs_done = 2;
  for (int i = 0; i < 8; ++i) done += work.epoch_done(rest);
  EXPECT_DOUBLE_EQ(done, work.total());
  for (const RunSpec& run : rest.runs) EXPECT_EQ(work.run_ended(record_of(run)), 0);
}

}  // namespace
}  // namespace gpu_sweep
