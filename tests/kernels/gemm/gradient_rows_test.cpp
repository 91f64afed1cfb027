// This project's own code for weight gradients must give the bits of oneDNN. Where it does not, it must not
// be used.
#include "kernels/gemm/gradient_rows.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/common/bf16.h"
#include "kernels/common/tensor_access.h"
#include "kernels/gemm/gemm_onednn.h"
#include "kernels/gemm/same_bits.h"

namespace gpu_sweep::test {
namespace {

/// The matrices of a product, with room for 2^18 fp32 elements each.
class Operands {
 public:
  explicit Operands(Gemm op) : op_(op), bytes_(3 * kRoom) {
    op_.a.offset = 0;
    op_.b.offset = kRoom;
    op_.c.offset = 2 * kRoom;
    std::mt19937 generator(29);
    std::normal_distribution<float> normal;
    for (std::size_t at = 0; at < 2 * kRoom / size_of(op.input_type); ++at) {
      const float value = std::ldexp(normal(generator), static_cast<int>(generator() % 12) - 8);
      if (op.input_type == DType::kBf16) {
        write<Bf16>(memory(), {}, 0)[at] = to_bf16(value);
      } else {
        write<float>(memory(), {}, 0)[at] = value;
      }
    }
  }

  const Gemm& op() const { return op_; }
  Memory memory() { return {nullptr, bytes_.data()}; }

  std::vector<float> multiply_by_onednn() {
    cpu::GemmPrimitive(op_).execute(memory());
    const auto* c = read<float>(memory(), op_.c, 0);
    return {c, c + std::ptrdiff_t{op_.inputs} * op_.outputs};
  }

 private:
  static constexpr std::size_t kRoom = std::size_t{4} << 18;
  Gemm op_;
  std::vector<std::byte> bytes_;
};

Gemm weight_gradient(int batch, int inputs, int outputs, DType type, float alpha = 1) {
  Gemm op;
  op.product = Product::kWeightGradient;
  op.batch = batch;
  op.inputs = inputs;
  op.outputs = outputs;
  op.alpha = alpha;
  op.input_type = type;
  return op;
}

bool multiplies(DType type) { return type == DType::kF32 || cpu::supports_bf16(); }

TEST(GradientRowsTest, HaveTheBitsOfOneDnn) {
  int used = 0;
  for (const DType type : {DType::kF32, DType::kBf16}) {
    for (const auto& [batch, inputs, outputs] : std::vector<std::array<int, 3>>{{32, 784, 32},
                                                                                {33, 48, 48},
                                                                                {100, 80, 16},
                                                                                {7, 32, 80},
                                                                                {64, 27 * 16, 112},
                                                                                {256, 16, 16},
                                                                                {256, 112, 64},
                                                                                {256, 240, 128}}) {
      if (!multiplies(type)) continue;
      for (const float alpha : {1.0f, 1.0f / 255}) {
        Operands operands(weight_gradient(batch, inputs, outputs, type, alpha));
        const auto rows = cpu::GradientRows::make(operands.op());
        if (!rows) continue;
        ++used;
        const std::vector<float> expected = operands.multiply_by_onednn();
        std::vector<float> found;
        rows->run(operands.memory(), 0, [&](int first, int count, const float* gradient) {
          EXPECT_EQ(found.size(), static_cast<std::size_t>(first) * static_cast<std::size_t>(outputs));
          found.insert(found.end(), gradient, gradient + std::ptrdiff_t{count} * outputs);
        });
        EXPECT_TRUE(found == expected) << batch << "x" << inputs << "x" << outputs << " alpha " << alpha
                                       << (type == DType::kBf16 ? " bf16" : " f32");
      }
    }
  }
  if (used == 0) GTEST_SKIP() << "NOT TESTED: this machine has no code of our own for weight gradients";
}

TEST(GradientRowsTest, AreForWeightGradientsInFp32) {
  Gemm op = weight_gradient(32, 32, 32, DType::kF32);
  op.product = Product::kForward;
  EXPECT_EQ(cpu::GradientRows::make(op), nullptr);
  op = weight_gradient(32, 32, 32, DType::kBf16);
  op.output_type = DType::kBf16;
  EXPECT_EQ(cpu::GradientRows::make(op), nullptr);
}

/// Own code is used only after a comparison with oneDNN (same_bits.h). Products with a batch of one or two
/// rows are not compared, because oneDNN has other kernels for them, nor are large matrices, because no
/// memory is planned for that.
TEST(GradientRowsTest, AreNotForOneOrTwoRowsNorForLargeMatrices) {
  for (const DType type : {DType::kF32, DType::kBf16}) {
    for (const int batch : {1, 2})
      EXPECT_EQ(cpu::GradientRows::make(weight_gradient(batch, 32, 32, type)), nullptr);
    EXPECT_EQ(cpu::GradientRows::make(weight_gradient(16, 100'000, 32, type)), nullptr);
  }
}

/// Code that adds the terms from the last one to the first.
void multiply_backwards(const Gemm& op, const Memory& memory) {
  const auto number = [&](const Tensor& tensor, int at) {
    return op.input_type == DType::kBf16 ? to_float(read<Bf16>(memory, tensor, 0)[at])
                                         : read<float>(memory, tensor, 0)[at];
  };
  for (int row = 0; row < op.batch; ++row) {
    for (int column = 0; column < op.outputs; ++column) {
      float sum = 0;
      for (int k = op.inputs - 1; k >= 0; --k) {
        sum = std::fma(number(op.a, row * op.inputs + k), number(op.b, k * op.outputs + column), sum);
      }
      const int at = row * op.outputs + column;
      if (op.output_type == DType::kBf16) {
        write<Bf16>(memory, op.c, 0)[at] = to_bf16(sum);
      } else {
        write<float>(memory, op.c, 0)[at] = sum;
      }
    }
  }
}

TEST(SameBitsTest, AnotherOrderOfASumIsFoundEvenInBf16) {
  for (const auto& [type, inputs] : {std::pair{DType::kF32, 16}, {DType::kBf16, 16}, {DType::kBf16, 64}}) {
    if (!multiplies(type)) continue;
    Gemm op = weight_gradient(48, inputs, 33, type);
    op.product = Product::kForward;
    op.output_type = type;
    EXPECT_FALSE(cpu::has_bits_of_onednn(op, multiply_backwards));
    op.batch = 49;  // another shape, because the answer for the first one is kept
    EXPECT_TRUE(cpu::has_bits_of_onednn(
        op, [](const Gemm& one, const Memory& memory) { cpu::GemmPrimitive(one).execute(memory); }));
  }
}

}  // namespace
}  // namespace gpu_sweep::test
