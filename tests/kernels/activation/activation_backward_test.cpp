// The gradient through dropout and activation, and the bias gradient, compared with an oracle in double
// precision.
#include "reference/activation.h"
#include "reference/bf16.h"
#include "reference/philox.h"
#include "tests/kernels/activation/hidden_layer_case.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

using reference::Bounded;

struct ActivationBackwardTest : KernelTest<HiddenLayerCase> {
  bool keeps(int r, int b, int o) const {
    const HiddenLayerCase& c = GetParam();
    const ReplicaState state = c.states()[r];
    return reference::dropout_keeps(state.dropout_seed, 2, c.step(), b * c.width + o, state.dropout_rate);
  }

  struct Layer {
    std::vector<double> z, bias, a, da;
  };

  /// Returns a random layer: the product z and the bias in [-1, 1), the output a that is computed from both
  /// (0 for dropped elements), and da, the gradient of the loss with respect to a.
  Layer layer() const {
    const HiddenLayerCase& c = GetParam();
    const std::size_t rows = static_cast<std::size_t>(c.replicas) * c.batch;
    const std::vector<ReplicaState> states = c.states();
    Layer layer = {random_reals(c.seed, rows * c.width, c.type),
                   random_reals(c.seed + 2, static_cast<std::size_t>(c.replicas) * c.width, DType::kF32),
                   std::vector<double>(rows * c.width), random_reals(c.seed + 1, rows * c.width, c.type)};
    for (double& z : layer.z) z /= 4;
    for (double& bias : layer.bias) bias /= 4;
    for (std::size_t i = 0; i < layer.a.size(); ++i) {
      const int o = static_cast<int>(i) % c.width, b = static_cast<int>(i) / c.width % c.batch;
      const int r = static_cast<int>(i) / c.width / c.batch;
      if (!keeps(r, b, o)) continue;
      const Bounded value = reference::activate(c.activation, layer.z[i] + layer.bias[r * c.width + o]);
      const auto output = static_cast<float>(value.value / (1 - states[r].dropout_rate));
      layer.a[i] = c.type == DType::kBf16 ? reference::nearest_bf16(output) : output;
    }
    return layer;
  }

  /// Places the operands in the arena. Operands that the slope of the activation does not need are NaN, so
  /// that reading them would show.
  ActivationBackward place(Layer layer) {
    const HiddenLayerCase& c = GetParam();
    std::vector<double>& unread = needs_input(c.activation) ? layer.a : layer.z;
    unread.assign(unread.size(), kNaN);
    if (!needs_input(c.activation)) layer.bias.assign(layer.bias.size(), kNaN);
    auto op = c.op<ActivationBackward>();
    op.a = arena.input(padded(layer.a, c.width, c.leading, kNaN), c.type, c.replicas);
    op.z = arena.input(padded(layer.z, c.width, c.leading, kNaN), c.type, c.replicas);
    op.bias = arena.input(padded(layer.bias, c.width, c.leading, kNaN), DType::kF32, c.replicas);
    const auto da_rows = padded(layer.da, c.width, c.leading, kNaN);
    op.da =
        c.in_place ? arena.updated(da_rows, c.type, c.replicas) : arena.input(da_rows, c.type, c.replicas);
    op.replica_state = arena.input(c.states(), c.replicas);
    op.state = arena.input(std::vector<StepState>{{c.step(), 1, 0, 0}});
    const std::size_t elements = static_cast<std::size_t>(c.batch) * c.leading;
    op.dz = c.in_place ? op.da : arena.output(elements, c.type, c.replicas);
    op.bias_gradient = arena.output<float>(c.leading, c.replicas);
    return op;
  }
};

TEST_P(ActivationBackwardTest, EqualsOracleAndWritesPadsAsPlusZero) {
  const HiddenLayerCase& c = GetParam();
  const std::size_t elements = static_cast<std::size_t>(c.batch) * c.width;
  const Layer own = layer();
  const ActivationBackward op = place(own);
  arena.run({op});

  const auto dz = arena.get(op.dz, c.type);
  const auto bias_gradient = arena.get(op.bias_gradient, DType::kF32);
  for (int r = 0; r < c.replicas; ++r) {
    const double rate = c.states()[r].dropout_rate;
    for (int o = 0; o < c.leading; ++o) {
      std::vector<Bounded> column;
      for (int b = 0; b < c.batch; ++b) {
        SCOPED_TRACE(testing::Message() << "replica " << r << " row " << b << " column " << o);
        const double actual = dz[(static_cast<std::size_t>(r) * c.batch + b) * c.leading + o];
        if (o >= c.width) {
          expect_plus_zero(actual);
          continue;
        }
        const std::size_t i = r * elements + static_cast<std::size_t>(b) * c.width + o;
        const reference::HiddenElement element = {own.a[i], own.z[i], own.bias[r * c.width + o], own.da[i]};
        column.push_back(reference::hidden_gradient(c.activation, element, rate, keeps(r, b, o)));
        expect_within(actual, stored_as(c.type, column.back()));
      }
      SCOPED_TRACE(testing::Message() << "bias gradient, replica " << r << " column " << o);
      const double actual = bias_gradient[static_cast<std::size_t>(r) * c.leading + o];
      o < c.width ? expect_within(actual, reference::sum(column)) : expect_plus_zero(actual);
      if (HasFailure()) return;
    }
  }
}

/// With integers, and dropout rates of 0 and 1/2, nothing is rounded. No tolerance can then hide a row that
/// was skipped or was added twice.
TEST_P(ActivationBackwardTest, SumsIntegersExactly) {
  const HiddenLayerCase& c = GetParam();
  if (!sign_is_mask(c.activation) || (c.rate != 0 && c.rate != 0.5f)) return;
  const std::size_t elements = static_cast<std::size_t>(c.batch) * c.width;
  const auto a = random_integers(c.seed, elements * c.replicas, 1);
  const auto da = random_integers(c.seed + 1, elements * c.replicas, 8);
  const ActivationBackward op =
      place({std::vector<double>(a.size()), std::vector<double>(c.width * c.replicas), a, da});
  arena.run({op});

  const auto bias_gradient = arena.get(op.bias_gradient, DType::kF32);
  for (int r = 0; r < c.replicas; ++r) {
    const double scale = 1 / (1 - c.states()[r].dropout_rate);
    for (int o = 0; o < c.width; ++o) {
      double expected = 0;
      for (int b = 0; b < c.batch; ++b) {
        const std::size_t i = r * elements + static_cast<std::size_t>(b) * c.width + o;
        if (a[i] > 0) expected += da[i] * scale;
      }
      EXPECT_EQ(bias_gradient[static_cast<std::size_t>(r) * c.leading + o], expected) << r << ", " << o;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ActivationBackwardTest,
                         testing::ValuesIn(for_backend(hidden_layer_cases(false))),
                         case_name<HiddenLayerCase>);
INSTANTIATE_TEST_SUITE_P(Widths, ActivationBackwardTest, testing::ValuesIn(hidden_layer_widths()),
                         case_name<HiddenLayerCase>);

}  // namespace
}  // namespace gpu_sweep::test
