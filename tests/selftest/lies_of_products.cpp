#include <cstddef>

#include "reference/gemm.h"
#include "tests/selftest/honest_products.h"
#include "tests/selftest/lie_parts.h"
#include "tests/selftest/lies.h"

namespace gpu_sweep::test {
namespace {

/// Padded outputs of the last layer. No hidden layer of a group to which a lie is told has as many.
constexpr int kPaddedClasses = 16;

std::size_t elements_of_c(const Gemm& op) {
  const auto shape = reference::product_shape(op.product, op.batch, op.inputs, op.outputs);
  return static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.columns);
}

/// Multiplies the results of products for which `wrong` holds by `factor`.
template <class Wrong>
Perform scaled_product(Wrong wrong, float factor) {
  return on<Gemm>([wrong, factor](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    if (!wrong(op)) return;
    scale(memory, op.c, op.output_type, op.replicas, elements_of_c(op), [factor](int) { return factor; });
  });
}

bool output_weight_gradient(const Gemm& op) {
  return op.product == Product::kWeightGradient && op.outputs == kPaddedClasses;
}

/// Replica 2 scales its weight gradients. Like most replicas, it is judged only if its results differ from
/// those of a judged replica.
Perform weight_gradient_of_replica_2() {
  return on<Gemm>([](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    if (op.product != Product::kWeightGradient || op.replicas < 3) return;
    scale(memory, op.c, op.output_type, op.replicas, elements_of_c(op),
          [](int r) { return r == 2 ? 1.005F : 1.0F; });
  });
}

/// Only the forward products of the hidden layers round their inputs to TF32.
Perform tf32_in_one_product() {
  return on<Gemm>([](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    if (op.product != Product::kForward || op.outputs == kPaddedClasses) return honestly();
    Gemm rounded = op;
    rounded.math = MathMode::kTf32;
    multiply(rounded, memory, kHonestVariants[0]);
  });
}

/// The last replica uses the weights of the replica two places before it, which has the same seed.
Perform weights_of_another_replica() {
  return on<Gemm>([](const Gemm& op, const Memory& memory, const Honestly& honestly) {
    honestly();
    if (op.product != Product::kForward || op.replicas < 3) return;
    Gemm last = op;
    last.replicas = 1;
    last.a.offset += op.a.replica_stride * static_cast<std::uint64_t>(op.replicas - 1);
    last.b.offset += op.b.replica_stride * static_cast<std::uint64_t>(op.replicas - 3);
    last.c.offset += op.c.replica_stride * static_cast<std::uint64_t>(op.replicas - 1);
    multiply(last, memory, kHonestVariants[0]);
  });
}

}  // namespace

std::vector<NamedLie> lies_of_products() {
  using enum Precision;
  using enum Activation;
  using enum OptimizerKind;
  const auto input_gradient = [](const Gemm& op) { return op.product == Product::kInputGradient; };
  return {
      {"sign of the output dW", kRelu, kAdam, kEveryPrecision, scaled_product(output_weight_gradient, -1)},
      {"output dW zero", kRelu, kAdam, kEveryPrecision, scaled_product(output_weight_gradient, 0)},
      {"dX x 1.5", kRelu, kAdam, kEveryPrecision, scaled_product(input_gradient, 1.5F)},
      {"dW x 1.005 in replica 2", kRelu, kAdam, kEveryPrecision, weight_gradient_of_replica_2()},
      {"TF32 in one product", kRelu, kAdam, {kFp32}, tf32_in_one_product()},
      {"weights of another replica", kRelu, kAdam, kEveryPrecision, weights_of_another_replica()},
  };
}

}  // namespace gpu_sweep::test
