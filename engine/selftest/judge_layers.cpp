#include <algorithm>
#include <cmath>

#include "engine/selftest/judge_operation.h"
#include "engine/selftest/spread.h"
#include "reference/activation.h"
#include "reference/bf16.h"
#include "reference/gemm.h"

namespace gpu_sweep {

using reference::Bounded;

namespace {

/// Bound on the relative change of an fp32 input that is rounded or truncated to TF32, which has 10 fraction
/// bits.
constexpr double kTf32Unit = 0x1p-10;

/// Returns the rows of c that are judged. They are so few that judging a replica's product usually takes at
/// most tens of milliseconds.
std::vector<int> judged_rows(const reference::ProductShape& shape) {
  constexpr double kMostJudgedTerms = 1 << 23;
  const double terms_per_row = static_cast<double>(shape.columns) * shape.length;
  return spread(shape.rows, static_cast<int>(std::clamp(kMostJudgedTerms / terms_per_row, 2.0, 1e9)));
}

}  // namespace

void Judge::operator()(const GatherBatch& op) {
  const StepState state = step_state(op.state);
  for (int r = 0; r < op.replicas; ++r) {
    for (int b = 0; b < op.batch; ++b) {
      const bool valid = b < valid_rows_of(state, op.batch, op.rows);
      std::size_t row = state.cursor + static_cast<std::size_t>(b);
      if (valid && op.shuffled) row = read<std::uint32_t>(before_, op.order, r)[row];
      if (valid && op.pool > 0) {
        row = read<std::uint32_t>(before_, op.pool_rows, r)[static_cast<std::size_t>(op.first) + row];
      }
      for (int i = 0; i < op.leading; ++i) {
        const bool pixel = valid && i < op.features;
        const double value = with_input_type(op.input_type, [&]<class Input>() -> double {
          const auto* pixels = read<Input>(before_, op.pixels, r);
          return pixel ? pixels[row * static_cast<std::size_t>(op.features) + i] : 0;
        });
        const bool rounds = op.type == DType::kBf16 && op.input_type == InputType::kF32;
        exact("x", element(after_, op.x, op.type, r, index(b, op.leading, i)),
              rounds ? reference::nearest_bf16(value) : value);
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
  const reference::ProductShape shape = reference::product_shape(op.product, op.batch, op.inputs, op.outputs);
  const std::vector<int> rows = judged_rows(shape);
  const double input_unit = op.math == MathMode::kTf32 ? kTf32Unit : 0;
  for (int r = 0; r < op.replicas; ++r) {
    const auto a = elements(before_, op.a, op.input_type, r, forward || weights ? x : z);
    const auto b = elements(before_, op.b, op.input_type, r, weights ? z : w);
    const auto sums =
        reference::dot_products(op.product, a.data(), b.data(), op.batch, op.inputs, op.outputs, rows);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto columns = static_cast<std::size_t>(shape.columns);
      const std::size_t at = static_cast<std::size_t>(rows[i / columns]) * columns + i % columns;
      real("c", op.c, op.output_type, r, at, reference::bounded(sums[i], shape.length, op.alpha, input_unit));
    }
  }
}

void Judge::operator()(const BiasActivationDropout& op) {
  for (int r = 0; r < op.replicas; ++r) {
    const Mask mask = op.training ? mask_of(op.replica_state, op.state, op.layer, r) : Mask{};
    for (int b = 0; b < op.batch; ++b) {
      for (int o = 0; o < op.leading; ++o) {
        const std::size_t i = index(b, op.leading, o);
        if (o >= op.width) {
          pad("a", op.a, op.type, r, i);
          continue;
        }
        const bool keep = mask.keeps(b * op.width + o);
        real("a", op.a, op.type, r, i,
             reference::hidden_output(op.activation, element(before_, op.z, op.type, r, i),
                                      read<float>(before_, op.bias, r)[o], mask.rate, keep));
      }
    }
  }
}

void Judge::operator()(const ActivationBackward& op) {
  for (int r = 0; r < op.replicas; ++r) {
    const Mask mask = mask_of(op.replica_state, op.state, op.layer, r);
    for (int o = 0; o < op.width; ++o) {
      std::vector<Bounded> column;
      for (int b = 0; b < op.batch; ++b) {
        const std::size_t i = index(b, op.leading, o);
        reference::HiddenElement own;
        if (needs_input(op.activation)) {
          own.z = element(before_, op.z, op.type, r, i);
          own.bias = read<float>(before_, op.bias, r)[o];
        } else {
          own.a = element(before_, op.a, op.type, r, i);
        }
        own.da = element(before_, op.da, op.type, r, i);
        column.push_back(
            reference::hidden_gradient(op.activation, own, mask.rate, mask.keeps(b * op.width + o)));
        real("dz", op.dz, op.type, r, i, column.back());
      }
      real("bias_gradient", op.bias_gradient, DType::kF32, r, static_cast<std::size_t>(o),
           reference::sum(column));
    }
    for (int o = op.width; o < op.leading; ++o) {
      for (int b = 0; b < op.batch; ++b) pad("dz", op.dz, op.type, r, index(b, op.leading, o));
      pad("bias_gradient", op.bias_gradient, DType::kF32, r, static_cast<std::size_t>(o));
    }
  }
}

}  // namespace gpu_sweep
