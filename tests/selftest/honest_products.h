// Matrix products as different libraries may compute them. All of them are correct. They use the memory of a
// CPU lane.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/common/bf16.h"
#include "kernels/common/tensor_access.h"
#include "reference/gemm.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {

/// How hardware converts an fp32 input of a TF32 product.
enum class Tf32Inputs { kRounded, kTruncated };

/// The order in which a product sums its terms.
enum class Order {
  kForward,
  kBackward,
  kHalves,   ///< two partial sums, as in a product split over k
  kByPlace,  ///< as kHalves for replicas r with r % 4 >= 2, as kForward for the others
};

struct HonestVariant {
  const char* name;
  Tf32Inputs inputs;
  Order order;
  bool minus_zero;  ///< sums that are 0 become -0
};

inline constexpr HonestVariant kHonestVariants[] = {
    {"forward, rounded", Tf32Inputs::kRounded, Order::kForward, false},
    {"forward, truncated", Tf32Inputs::kTruncated, Order::kForward, false},
    {"backward, truncated, -0", Tf32Inputs::kTruncated, Order::kBackward, true},
    {"halves, rounded, -0", Tf32Inputs::kRounded, Order::kHalves, true},
    {"by place, truncated", Tf32Inputs::kTruncated, Order::kByPlace, false},
};

inline float to_tf32(float value, Tf32Inputs inputs) {
  auto bits = std::bit_cast<std::uint32_t>(value);
  if (inputs == Tf32Inputs::kRounded) bits += 0x1000u;  // half of the last kept bit, ties away from 0
  return std::bit_cast<float>(bits & ~0x1fffu);
}

/// Returns the operand of one replica as the product reads it, that is, after rounding.
inline std::vector<float> product_input(const Gemm& op, const Memory& memory, const Tensor& tensor, int r,
                                        std::size_t count, const HonestVariant& variant) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (op.input_type == DType::kBf16) {
      values[i] = to_float(read<Bf16>(memory, tensor, r)[i]);
    } else {
      const float value = read<float>(memory, tensor, r)[i];
      values[i] = op.math == MathMode::kTf32 ? to_tf32(value, variant.inputs) : value;
    }
  }
  return values;
}

/// Computes op.c with sums in fp32.
inline void multiply(const Gemm& op, const Memory& memory, const HonestVariant& variant) {
  const bool by_weights = op.product == Product::kWeightGradient;
  const bool by_inputs = op.product == Product::kInputGradient;
  const auto B = static_cast<std::size_t>(op.batch), I = static_cast<std::size_t>(op.inputs),
             O = static_cast<std::size_t>(op.outputs);
  const reference::ProductShape shape = reference::product_shape(op.product, op.batch, op.inputs, op.outputs);
  for (int r = 0; r < op.replicas; ++r) {
    const auto a = product_input(op, memory, op.a, r, by_inputs ? B * O : B * I, variant);
    const auto b = product_input(op, memory, op.b, r, by_weights ? B * O : I * O, variant);
    const bool halves = variant.order == Order::kHalves || (variant.order == Order::kByPlace && r % 4 >= 2);
    std::size_t at = 0;
    for (int row = 0; row < shape.rows; ++row) {
      for (int column = 0; column < shape.columns; ++column, ++at) {
        float sums[2] = {0, 0};
        for (int n = 0; n < shape.length; ++n) {
          const auto k =
              static_cast<std::size_t>(variant.order == Order::kBackward ? shape.length - 1 - n : n);
          const float left =
              by_weights ? a[k * I + static_cast<std::size_t>(row)]
                         : a[static_cast<std::size_t>(row) * static_cast<std::size_t>(shape.length) + k];
          const float right =
              by_inputs ? b[static_cast<std::size_t>(column) * O + k]
                        : b[k * static_cast<std::size_t>(shape.columns) + static_cast<std::size_t>(column)];
          float& sum = sums[halves && n >= shape.length / 2 ? 1 : 0];
          sum = std::fma(left, right, sum);
        }
        float c = op.alpha * (sums[0] + sums[1]);
        if (c == 0 && variant.minus_zero) c = -0.0F;
        if (op.output_type == DType::kBf16) {
          write<Bf16>(memory, op.c, r)[at] = to_bf16(c);
        } else {
          write<float>(memory, op.c, r)[at] = c;
        }
      }
    }
  }
}

/// Returns a function that computes matrix products as `variant` says, and runs all other operations
/// honestly.
inline Perform honest(const HonestVariant& variant) {
  return [variant](const Op& op, const Memory& memory, const std::function<void()>& honestly) {
    const Gemm* gemm = std::get_if<Gemm>(&op);
    if (gemm == nullptr) return honestly();
    multiply(*gemm, memory, variant);
  };
}

}  // namespace gpu_sweep::test
