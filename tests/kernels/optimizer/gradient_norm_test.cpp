// The limit on the norm of a replica's whole gradient, compared with a sum in extended precision.
#include "kernels/optimizer/gradient_norm.h"

#include "reference/optimizers.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct GradientNormCase {
  int replicas, parameters;
  std::uint32_t seed = 17;

  std::string name() const { return text("R", replicas, "_P", parameters, "_seed", seed); }
};

using GradientNormTest = KernelTest<GradientNormCase>;

/// The limits of successive replicas follow a pattern: no limit, a limit far above the norm, and two limits
/// below it.
TEST_P(GradientNormTest, ScalesByTheLimitOverTheNorm) {
  const GradientNormCase& c = GetParam();
  constexpr float kLimits[] = {0, 1e9f, 0.5f, 3.0f};
  const auto n = static_cast<std::size_t>(c.parameters);
  const std::vector<double> gradient = random_reals(c.seed, n * c.replicas, DType::kF32);
  std::vector<ReplicaState> states(c.replicas);
  for (int r = 0; r < c.replicas; ++r) {
    states[r].order_seed = 7 + r;
    states[r].dropout_seed = 2 * (7 + r);
    states[r].gradient_clip_norm = kLimits[r % std::size(kLimits)];
    states[r].gradient_scale = -1;
  }
  GradientNorm op;
  op.replicas = c.replicas;
  op.parameters = c.parameters;
  op.gradient = arena.input(gradient, DType::kF32, c.replicas);
  op.replica_state = arena.updated(states, c.replicas);
  arena.run({op});
  const auto after = arena.get<ReplicaState>(op.replica_state);
  for (int r = 0; r < c.replicas; ++r) {
    const std::span own = std::span(gradient).subspan(n * r, n);
    expect_within(after[r].gradient_scale,
                  reference::rounded(reference::gradient_scale(own, states[r].gradient_clip_norm)));
    EXPECT_EQ(after[r].order_seed, states[r].order_seed);
    EXPECT_EQ(after[r].dropout_seed, states[r].dropout_seed);
  }
}

/// Squares beyond the range of floats must still count. If an element is infinite, the scale is 0; if an
/// element is NaN, the scale is 1. In both cases the update, which multiplies the element by the scale, gives
/// NaN.
TEST_P(GradientNormTest, HandlesHugeTinyAndNoNumbers) {
  const GradientNormCase& c = GetParam();
  const auto n = static_cast<std::size_t>(c.parameters);
  for (const double value : {0x1p100, 0x1p-100, HUGE_VAL, kNaN}) {
    SCOPED_TRACE(value);
    Arena own;
    std::vector<double> gradient(n * c.replicas);
    for (int r = 0; r < c.replicas; ++r) gradient[n * r + n / 2] = value;
    std::vector<ReplicaState> states(c.replicas);
    for (ReplicaState& state : states) state.gradient_clip_norm = 1;
    GradientNorm op;
    op.replicas = c.replicas;
    op.parameters = c.parameters;
    op.gradient = own.input(gradient, DType::kF32, c.replicas);
    op.replica_state = own.updated(states, c.replicas);
    own.run({op});
    const double expected = std::isnan(value) ? 1 : 1 / std::fmax(1, value);
    for (const ReplicaState& state : own.get<ReplicaState>(op.replica_state)) {
      EXPECT_EQ(state.gradient_scale, expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, GradientNormTest,
                         testing::ValuesIn(for_backend<GradientNormCase>(
                             {{1, 64}, {3, 1088}, {5, 4160}, {2, 2112}, {1, 203'584}})),
                         case_name<GradientNormCase>);

}  // namespace
}  // namespace gpu_sweep::test
