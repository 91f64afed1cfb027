#include <cmath>

#include "engine/selftest/judge_operation.h"
#include "reference/activation.h"
#include "reference/gemm.h"

namespace gpu_sweep {

using reference::Bounded;

namespace {

/// Rounding or truncating an fp32 input to TF32's 10 bits of fraction changes it by less than this part.
constexpr double kTf32Unit = 0x1p-10;

void widen_to_tf32(const Gemm& op, const std::vector<double>& a, const std::vector<double>& b,
                   std::vector<Bounded>& c) {
  std::vector<double> left = a, right = b;
  for (double& x : left) x = std::fabs(x);
  for (double& x : right) x = std::fabs(x);
  const auto magnitude = reference::gemm(op.product, left.data(), right.data(), op.batch, op.inputs,
                                         op.outputs, std::fabs(op.alpha));
  for (std::size_t i = 0; i < c.size(); ++i) c[i].error += 2 * kTf32Unit * magnitude[i].value;
}

}  // namespace

void Judge::operator()(const GatherBatch& op) {
  const StepState state = step_state(op.state);
  for (int r = 0; r < op.replicas; ++r) {
    for (int b = 0; b < op.batch; ++b) {
      const bool valid = b < valid_rows_of(state, op.batch, op.rows);
      std::size_t row = state.cursor + static_cast<std::size_t>(b);
      if (valid && op.shuffled) row = read<std::uint32_t>(before_, op.order, r)[row];
      for (int i = 0; i < op.leading; ++i) {
        const bool pixel = valid && i < op.features;
        const auto* pixels = read<std::uint8_t>(before_, op.pixels, r);
        const double value = pixel ? pixels[row * static_cast<std::size_t>(op.features) + i] : 0.0;
        exact("x", element(after_, op.x, op.type, r, index(b, op.leading, i)), value);
      }
      const std::uint8_t label = valid ? read<std::uint8_t>(before_, op.labels, r)[row] : 0;
      same("y", at<std::uint8_t>(op.y, r, b), label);
    }
  }
}

void Judge::operator()(const Gemm& op) {
  const bool forward = op.product == Product::kForward;
  const bool weights = op.product == Product::kWeightGradient;
  const int x = op.batch * op.inputs, w = op.inputs * op.outputs, z = op.batch * op.outputs;
  for (int r = 0; r < op.replicas; ++r) {
    const auto a = elements(before_, op.a, op.input_type, r, forward || weights ? x : z);
    const auto b = elements(before_, op.b, op.input_type, r, weights ? z : w);
    auto c = reference::gemm(op.product, a.data(), b.data(), op.batch, op.inputs, op.outputs, op.alpha);
    if (op.math == MathMode::kTf32) widen_to_tf32(op, a, b, c);
    for (std::size_t i = 0; i < c.size(); ++i) real("c", op.c, op.output_type, r, i, c[i]);
  }
}

void Judge::operator()(const BiasActivationDropout& op) {
  for (int r = 0; r < op.replicas; ++r) {
    const Mask mask = op.training ? mask_of(op.replica_state, op.state, op.layer, r) : Mask{};
    for (int b = 0; b < op.batch; ++b) {
      for (int o = 0; o < op.leading; ++o) {
        const std::size_t i = index(b, op.leading, o);
        const bool keep = o < op.width && mask.keeps(b * op.width + o);
        const Bounded value =
            keep ? reference::hidden_output(op.activation, element(before_, op.z, op.type, r, i),
                                            read<float>(before_, op.bias, r)[o], mask.rate, true)
                 : Bounded(0);
        real("a", op.a, op.type, r, i, value);
      }
    }
  }
}

void Judge::operator()(const ActivationBackward& op) {
  for (int r = 0; r < op.replicas; ++r) {
    const Mask mask = mask_of(op.replica_state, op.state, op.layer, r);
    for (int o = 0; o < op.leading; ++o) {
      std::vector<Bounded> column;
      for (int b = 0; b < op.batch; ++b) {
        const std::size_t i = index(b, op.leading, o);
        Bounded dz;
        if (o < op.width) {
          dz = reference::hidden_gradient(op.activation, element(before_, op.a, op.type, r, i),
                                          element(before_, op.da, op.type, r, i), mask.rate,
                                          mask.keeps(b * op.width + o));
        }
        column.push_back(dz);
        real("dz", op.dz, op.type, r, i, dz);
      }
      real("bias_gradient", op.bias_gradient, DType::kF32, r, static_cast<std::size_t>(o),
           o < op.width ? reference::sum(column) : Bounded(0));
    }
  }
}

}  // namespace gpu_sweep
