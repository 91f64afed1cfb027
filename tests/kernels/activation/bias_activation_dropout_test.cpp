// Bias, activation and dropout in the forward pass of a hidden layer, compared with an oracle in double
// precision.
#include "reference/activation.h"
#include "reference/philox.h"
#include "tests/kernels/activation/hidden_layer_case.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

using BiasActivationDropoutTest = KernelTest<HiddenLayerCase>;

TEST_P(BiasActivationDropoutTest, EqualsOracleAndWritesPadsAsPlusZero) {
  const HiddenLayerCase& c = GetParam();
  const std::size_t elements = static_cast<std::size_t>(c.batch) * c.width;
  const auto z = random_reals(c.seed, elements * c.replicas, c.type);
  const auto bias = random_reals(c.seed + 1, static_cast<std::size_t>(c.width) * c.replicas, DType::kF32);
  const auto states = c.states();

  auto op = c.op<BiasActivationDropout>();
  op.training = c.training;
  op.bias = arena.input(padded(bias, c.width, c.leading, kNaN), DType::kF32, c.replicas);
  op.replica_state = arena.input(states, c.replicas);
  op.state = arena.input(std::vector<StepState>{{c.step(), 1, 0, 0}});
  const auto z_rows = padded(z, c.width, c.leading, kNaN);
  op.z = c.in_place ? arena.updated(z_rows, c.type, c.replicas) : arena.input(z_rows, c.type, c.replicas);
  op.a = c.in_place ? op.z : arena.output(static_cast<std::size_t>(c.batch) * c.leading, c.type, c.replicas);
  arena.run({op});

  const std::vector<double> a = arena.get(op.a, c.type);
  for (int r = 0; r < c.replicas; ++r) {
    const double rate = c.training ? states[r].dropout_rate : 0.0f;
    for (int b = 0; b < c.batch; ++b) {
      const double* row = &a[(static_cast<std::size_t>(r) * c.batch + b) * c.leading];
      for (int o = 0; o < c.width; ++o) {
        const bool keep = rate == 0 || reference::dropout_keeps(states[r].dropout_seed, op.layer, c.step(),
                                                                b * c.width + o, rate);
        const auto expected = reference::hidden_output(
            c.activation, z[r * elements + static_cast<std::size_t>(b) * c.width + o], bias[r * c.width + o],
            rate, keep);
        SCOPED_TRACE(testing::Message() << "replica " << r << " row " << b << " column " << o);
        keep ? expect_within(row[o], stored_as(c.type, expected)) : expect_plus_zero(row[o]);
        if (HasFailure()) return;
      }
      for (int o = c.width; o < c.leading; ++o) expect_plus_zero(row[o]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, BiasActivationDropoutTest,
                         testing::ValuesIn(for_backend(hidden_layer_cases(true))),
                         case_name<HiddenLayerCase>);
INSTANTIATE_TEST_SUITE_P(Widths, BiasActivationDropoutTest, testing::ValuesIn(hidden_layer_widths()),
                         case_name<HiddenLayerCase>);

}  // namespace
}  // namespace gpu_sweep::test
