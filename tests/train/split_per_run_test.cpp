// Runs with different splits in one group. Each run has the same bits as in a group whose runs all have its
// split.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/data/split.h"
#include "engine/train/replica_group.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr int kTrainRows = 42;
constexpr int kValidationRows = 17;

Dataset pool_of(const HoldOut& validation) {
  Dataset pool = synthetic_dataset(kTrainRows, kValidationRows, 9);
  pool.settings.validation = validation;
  pool.settings.split = SplitPolicy::kPerRun;
  return pool;
}

/// Divides the pool alike for all runs, as a training file is divided with `validation.seed` = `seed`.
Dataset divided(const Dataset& pool, std::uint32_t seed) {
  LabelledImages all = pool[Split::kTrain];
  std::ranges::copy(pool[Split::kValidation].labels, std::back_inserter(all.labels));
  std::ranges::copy(pool[Split::kValidation].pixels, std::back_inserter(all.pixels));
  HoldOut validation = pool.settings.validation.value();
  validation.fraction = 17.0 / 59;
  validation.seed = seed;
  const HeldOut rows = hold_out(all.labels, validation, "pool", "validation");
  Dataset shared = pool;
  shared.settings.split = SplitPolicy::kShared;
  const auto fill = [&](Split split, const std::vector<std::int32_t>& from) {
    LabelledImages& to = shared[split];
    to = {static_cast<int>(from.size()), {}, {}, {}};
    for (const std::int32_t row : from) {
      to.labels.push_back(all.labels[static_cast<std::size_t>(row)]);
      const auto pixels = all.pixels.begin() + std::ptrdiff_t{row} * pool.features();
      to.pixels.insert(to.pixels.end(), pixels, pixels + pool.features());
    }
  };
  fill(Split::kTrain, rows.kept);
  fill(Split::kValidation, rows.held_out);
  return shared;
}

class SplitPerRunTest : public LaneTest<const char*> {
 protected:
  SplitPerRunTest() : LaneTest(GetParam()) {}

  static RunSpec run(std::uint64_t seed, double learning_rate = 0.001) {
    RunSpec run;
    run.seed = seed;
    run.key = std::to_string(seed);
    run.model.hidden = {7};
    run.model.batch_size = 16;
    run.model.epochs = 2;
    run.model.optimizer.learning_rate = learning_rate;
    run.model.label_smoothing = 0.1;
    run.model.class_weights.balanced = true;
    return run;
  }

  Trained train(const Dataset& dataset, std::vector<RunSpec> runs, int replicas) const {
    return train_group(*make_lane(), dataset, group_of_runs(dataset, std::move(runs), replicas));
  }

  void expect_same(const Trained& a, std::size_t i, const Trained& b, std::size_t j) const {
    const RunRecord &one = a.records[i], &other = b.records[j];
    if (!company_is_exact()) {
      for (const Split split : kBasicSplits) EXPECT_NEAR(one[split].loss, other[split].loss, 1e-4);
      return;
    }
    EXPECT_EQ(one.history, other.history);
    EXPECT_EQ(one.final, other.final);
    EXPECT_EQ(one.confusion, other.confusion);
    EXPECT_EQ(one.test_predictions, other.test_predictions);
    EXPECT_EQ(a.weights[i], b.weights[j]);
  }
};

/// Trains runs of two models in one group, and those of the first model also alone.
TEST_P(SplitPerRunTest, GivesTheBitsOfThatSplitForAllRuns) {
  for (const HoldOut& validation : {HoldOut{17.0 / 59, 0, false}, HoldOut{17.0 / 59, 3, true}}) {
    SCOPED_TRACE(validation.stratified ? "stratified" : "");
    const Dataset pool = pool_of(validation);
    const Trained together = train(pool, {run(5), run(6), run(5, 0.01)}, 4);
    for (const std::uint32_t seed : {5, 6}) {
      SCOPED_TRACE(seed);
      const Dataset shared = divided(pool, validation.seed + seed);
      const Trained expected = train(shared, {run(seed), run(seed, 0.01)}, 2);
      expect_same(together, seed - 5, expected, 0);
      if (seed == 5) expect_same(together, 2, expected, 1);
      expect_same(train(pool, {run(seed)}, 1), 0, expected, 0);
    }
  }
}

TEST_P(SplitPerRunTest, ResumesToTheLastBit) {
  const Dataset pool = pool_of({});
  const GroupSpec spec = group_of_runs(pool, {run(3), run(4)}, 2);
  const std::unique_ptr<Lane> lane = make_lane();
  const DatasetLayout layout = dataset_layout(pool);
  const Buffer data = lane->allocate(layout.bytes);
  lane->upload(data, 0, pack(pool, layout));
  std::vector<Snapshot> snapshots;
  const auto train = [&](bool resumed) {
    ReplicaGroup group(*lane, data, layout, spec);
    resumed ? group.resume(snapshots) : group.evaluate_untrained();
    while (!group.is_trained()) {
      group.train_epoch();
      if (group.epochs_done() == 1) snapshots = group.snapshots();
    }
    return Trained{group.finish(), group.weights()};
  };
  const Trained whole = train(false);
  const Trained resumed = train(true);
  for (const std::size_t run : {0, 1}) {
    EXPECT_EQ(resumed.records[run].history, whole.records[run].history);
    EXPECT_EQ(resumed.records[run].final, whole.records[run].final);
    EXPECT_EQ(resumed.weights[run], whole.weights[run]);
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, SplitPerRunTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

TEST(RunSplits, DivideEveryPoolAnewForEachSeed) {
  const RunSplits splits(pool_of({1.0 / 6, 7, false}));
  const std::vector<std::uint32_t> rows = splits.rows_of(2);
  EXPECT_EQ(rows, splits.rows_of(2));
  EXPECT_EQ(rows, splits.rows_of((std::uint64_t{1} << 32) + 2));
  EXPECT_NE(rows, splits.rows_of(3));
  std::vector<std::uint32_t> sorted = rows;
  std::ranges::sort(sorted);
  for (std::uint32_t i = 0; i < sorted.size(); ++i) EXPECT_EQ(sorted[i], i);
  // numpy.random.RandomState(9).permutation(59) draws this order (9 is the sum of the two seeds, 7 and 2).
  // Its first kValidationRows rows are held out.
  const std::vector<std::int32_t> order = numpy_permutation(kTrainRows + kValidationRows, 9);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(static_cast<int>(rows[i]), order[(i + kValidationRows) % order.size()]) << i;
  }
}

TEST(RunSplits, ShareOneCopyOfTheRows) {
  Dataset pool = pool_of({});
  const DatasetLayout layout = dataset_layout(pool);
  EXPECT_EQ(layout.pool(), kTrainRows + kValidationRows);
  EXPECT_EQ(layout[Split::kValidation].pixels, layout[Split::kTrain].pixels);
  EXPECT_EQ(layout[Split::kTest].pool, 0);
  pool.settings.split = SplitPolicy::kShared;
  EXPECT_LE(layout.bytes, dataset_layout(pool).bytes);
  const std::vector<std::byte> bytes = pack(pool, layout);
  const std::size_t first = layout[Split::kTrain].pixels.offset + kTrainRows * 36;
  for (std::size_t i = 0; i < kValidationRows * 36; ++i) {
    ASSERT_EQ(std::to_integer<int>(bytes[first + i]), pool[Split::kValidation].pixels[i]) << i;
  }
}

}  // namespace
}  // namespace gpu_sweep::test
