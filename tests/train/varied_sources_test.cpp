// Each source of a run's random draws follows the run's seed or the fixed one, as `vary` says.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "engine/train/replica_group.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr std::uint64_t kSeed = 5;

class VariedSourcesTest : public LaneTest<const char*> {
 protected:
  VariedSourcesTest() : LaneTest(GetParam()) {}

  static RunSpec run(std::uint64_t seed, const VariedSources& vary, double dropout = 0.3) {
    RunSpec run;
    run.seed = seed;
    run.model.hidden = {7};
    run.model.dropout = dropout;
    run.model.batch_size = 16;
    run.model.epochs = 2;
    run.model.vary = vary;
    return run;
  }

  /// Trains the runs together, from `initial` weights if there are any.
  Trained train(std::vector<RunSpec> runs, const std::vector<Weights>& initial = {}) const {
    const std::unique_ptr<Lane> lane = make_lane();
    const DatasetLayout layout = dataset_layout(dataset_);
    const Buffer data = lane->allocate(layout.bytes);
    lane->upload(data, 0, pack(dataset_, layout));
    const int replicas = static_cast<int>(runs.size());
    ReplicaGroup group(*lane, data, layout, group_of_runs(dataset_, std::move(runs), replicas), initial);
    group.evaluate_untrained();
    while (!group.is_trained()) group.train_epoch();
    return {group.finish(), group.weights()};
  }

  Weights weights_of_seed(std::uint64_t seed) const {
    return initial_weights(group_of_runs(dataset_, {run(seed, {})}, 1).shape, seed);
  }

  static void expect_same(const Trained& a, std::size_t i, const Trained& b, std::size_t j) {
    EXPECT_EQ(a.records[i].history, b.records[j].history);
    EXPECT_EQ(a.records[i].final, b.records[j].final);
    EXPECT_EQ(a.weights[i], b.weights[j]);
  }

  const Dataset dataset_ = synthetic_dataset(24, 4, 4);
};

/// Runs in which every source varies serve as the reference. They start from stated weights, and some of them
/// have no dropout or no random order, so that the seeds of the other sources can be told.
TEST_P(VariedSourcesTest, EachFollowsItsSeed) {
  constexpr VariedSources kInit = {true, false, false};
  constexpr VariedSources kOrder = {false, true, false};
  constexpr VariedSources kDropout = {false, false, true};
  constexpr VariedSources kAllButInit = {false, true, true};
  const Weights own = weights_of_seed(kSeed), fixed = weights_of_seed(kFixedSeed);

  const Trained varied = train({run(kSeed, kInit), run(kSeed, kAllButInit)});
  expect_same(varied, 0, train({run(kFixedSeed, {}), run(kSeed, {})}, {own, own}), 0);
  expect_same(varied, 1, train({run(kFixedSeed, {}), run(kSeed, {})}, {own, fixed}), 1);

  const Trained order = train({run(kSeed, kOrder, 0), run(kSeed, kOrder)});
  const Trained undropped = train({run(kSeed, {}, 0), run(kSeed, {})}, {fixed, fixed});
  expect_same(order, 0, undropped, 0);
  EXPECT_NE(order.weights[1], undropped.weights[1]) << "dropout must not vary";

  RunSpec ordered = run(kSeed, kDropout);
  RunSpec reference = run(kSeed, {});
  ordered.model.shuffle = reference.model.shuffle = false;
  expect_same(train({ordered, ordered}), 0, train({reference, reference}, {fixed, fixed}), 0);
}

TEST_P(VariedSourcesTest, RunsDifferOnlyInWhatVaries) {
  const VariedSources order_only = {false, true, false};
  const Trained trained = train({run(kSeed, order_only), run(kSeed + 1, order_only), run(kSeed, {}),
                                 run(kFixedSeed, order_only), run(kFixedSeed, {})});
  EXPECT_EQ(trained.records[0].history[0], trained.records[1].history[0]) << "initial weights are equal";
  EXPECT_NE(trained.records[0].history[0], trained.records[2].history[0]);
  EXPECT_NE(trained.weights[0], trained.weights[1]);
  EXPECT_EQ(trained.weights[3], trained.weights[4]) << "the run with the fixed seed is always the same";
  EXPECT_EQ(trained.records[1].seed, kSeed + 1);
}

INSTANTIATE_TEST_SUITE_P(Lanes, VariedSourcesTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
