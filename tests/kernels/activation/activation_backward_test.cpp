// Gradient through dropout and activation, and the bias gradient, against double precision.
#include "reference/activation.h"
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
    return reference::dropout_keeps(state.seed, 2, c.step(), b * c.width + o, state.dropout_rate);
  }

  /// Outputs that the layer could have had: in the range of the activation, 0 where dropped.
  std::vector<double> outputs() const {
    const HiddenLayerCase& c = GetParam();
    auto a = random_reals(c.seed, static_cast<std::size_t>(c.replicas) * c.batch * c.width, c.type);
    std::size_t i = 0;
    for (int r = 0; r < c.replicas; ++r) {
      for (int b = 0; b < c.batch; ++b) {
        for (int o = 0; o < c.width; ++o, ++i) {
          if (c.activation == Activation::kRelu) a[i] = std::fmax(a[i], 0);
          if (c.activation == Activation::kSigmoid) a[i] = a[i] / 8 + 0.5;
          if (c.activation == Activation::kTanh) a[i] /= 4;
          if (!keeps(r, b, o)) a[i] = 0;
        }
      }
    }
    return a;
  }

  ActivationBackward place(const std::vector<double>& a, const std::vector<double>& da) {
    const HiddenLayerCase& c = GetParam();
    auto op = c.op<ActivationBackward>();
    op.a = arena.input(padded(a, c.width, c.leading, kNaN), c.type, c.replicas);
    const auto da_rows = padded(da, c.width, c.leading, kNaN);
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
  const auto a = outputs();
  const auto da = random_reals(c.seed + 1, elements * c.replicas, c.type);
  const ActivationBackward op = place(a, da);
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
        column.push_back(reference::hidden_gradient(c.activation, a[i], da[i], rate, keeps(r, b, o)));
        expect_within(actual, stored_as(c.type, column.back()));
      }
      SCOPED_TRACE(testing::Message() << "bias gradient, replica " << r << " column " << o);
      const double actual = bias_gradient[static_cast<std::size_t>(r) * c.leading + o];
      o < c.width ? expect_within(actual, reference::sum(column)) : expect_plus_zero(actual);
      if (HasFailure()) return;
    }
  }
}

/// With integers and rates of 0 and 1/2 nothing rounds, so that a lost or doubled row cannot hide in a
/// tolerance.
TEST_P(ActivationBackwardTest, SumsIntegersExactly) {
  const HiddenLayerCase& c = GetParam();
  if (c.activation != Activation::kRelu || (c.rate != 0 && c.rate != 0.5f)) return;
  const std::size_t elements = static_cast<std::size_t>(c.batch) * c.width;
  const auto a = random_integers(c.seed, elements * c.replicas, 1);
  const auto da = random_integers(c.seed + 1, elements * c.replicas, 8);
  const ActivationBackward op = place(a, da);
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
