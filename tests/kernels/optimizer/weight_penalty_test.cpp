// The L2 penalty of a replica's weights in its objective, compared with a sum in extended precision.
#include "kernels/optimizer/weight_penalty.h"

#include <algorithm>
#include <span>

#include "reference/optimizers.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct WeightPenaltyCase {
  int replicas, parameters;
  int batch, cursor, rows;
  std::uint32_t seed = 23;

  int valid() const { return std::min(batch, rows - cursor); }
  std::string name() const { return text("R", replicas, "_P", parameters, "_valid", valid(), "_seed", seed); }
};

class WeightPenaltyTest : public KernelTest<WeightPenaltyCase> {
 protected:
  /// Returns the operation on `weights` [replicas, parameters]. `metrics` are the replicas' metrics before
  /// it.
  WeightPenalty op(const std::vector<double>& weights, const std::vector<ReplicaState>& states,
                   const std::vector<Metrics>& metrics) {
    const WeightPenaltyCase& c = GetParam();
    WeightPenalty op;
    op.replicas = c.replicas;
    op.batch = c.batch;
    op.rows = c.rows;
    op.parameters = c.parameters;
    op.weights = arena.input(weights, DType::kF32, c.replicas);
    op.state = arena.input(std::vector<StepState>{{4, 1, static_cast<std::uint32_t>(c.cursor), 0}});
    op.replica_state = arena.input(states, c.replicas);
    op.metrics = arena.updated(metrics, c.replicas);
    return op;
  }
};

TEST_P(WeightPenaltyTest, AddsHalfL2TimesTheSquaresForEachRow) {
  const WeightPenaltyCase& c = GetParam();
  const auto n = static_cast<std::size_t>(c.parameters);
  const std::vector<double> weights = random_reals(c.seed, n * c.replicas, DType::kF32);
  std::vector<ReplicaState> states(c.replicas);
  for (int r = 0; r < c.replicas; ++r) states[r].l2 = r % 3 == 2 ? 0 : 0.25f * (r + 1);
  const std::vector<Metrics> before(c.replicas, Metrics{7.5, 3, 40, 8.5, 16});
  const WeightPenalty op = this->op(weights, states, before);
  arena.run({op});
  const auto after = arena.get<Metrics>(op.metrics);
  for (int r = 0; r < c.replicas; ++r) {
    const double penalty =
        c.valid() * reference::weight_penalty(std::span(weights).subspan(n * r, n), states[r].l2);
    EXPECT_NEAR(after[r].penalty_sum - 16, penalty, 1e-12 * (16 + penalty));
    EXPECT_EQ(after[r].loss_sum, 7.5);
    EXPECT_EQ(after[r].correct, 3U);
    EXPECT_EQ(after[r].rows, 40U);
    EXPECT_EQ(after[r].weighted_loss_sum, 8.5);
  }
}

/// Weights of NaN make the penalty NaN, unless the replica has no penalty: then its weights are not read.
TEST_P(WeightPenaltyTest, DoesNotReadTheWeightsOfReplicasWithoutPenalty) {
  const WeightPenaltyCase& c = GetParam();
  const std::vector<double> weights(static_cast<std::size_t>(c.parameters) * c.replicas, kNaN);
  std::vector<ReplicaState> states(c.replicas);
  states[0].l2 = 1;
  const WeightPenalty op = this->op(weights, states, std::vector<Metrics>(c.replicas));
  arena.run({op});
  const auto after = arena.get<Metrics>(op.metrics);
  for (int r = 0; r < c.replicas; ++r) EXPECT_EQ(std::isnan(after[r].penalty_sum), r == 0) << r;
}

INSTANTIATE_TEST_SUITE_P(Shapes, WeightPenaltyTest,
                         testing::ValuesIn(for_backend<WeightPenaltyCase>({{1, 64, 8, 0, 100},
                                                                           {3, 1088, 32, 96, 103},
                                                                           {5, 4160, 1, 0, 1},
                                                                           {2, 2112, 256, 256, 400},
                                                                           {1, 203'584, 256, 0, 50000}})),
                         case_name<WeightPenaltyCase>);

}  // namespace
}  // namespace gpu_sweep::test
