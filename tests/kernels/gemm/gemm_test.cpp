// The three products of a dense layer. They must be exact on small integers, and on reals within a bound that
// grows with the number of terms.
#include "kernels/gemm/gemm.h"

#include <gmock/gmock.h>

#include <array>

#include "reference/gemm.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct GemmCase {
  Product product;
  int replicas, batch, inputs, outputs;
  DType input_type = DType::kF32, output_type = DType::kF32;
  bool shared_input = false;  ///< one `a` for all replicas, as in an evaluation of all on the same rows
  std::uint32_t seed = 17;

  std::string name() const {
    const char* products[] = {"forward", "weight_gradient", "input_gradient"};
    return text(products[static_cast<int>(product)], "_", type_name(input_type), "_to_",
                type_name(output_type), "_R", replicas, "_B", batch, "_I", inputs, "_O", outputs,
                (shared_input ? "_shared" : ""), "_seed", seed);
  }
  std::size_t a_size() const {
    return static_cast<std::size_t>(batch) * (product == Product::kInputGradient ? outputs : inputs);
  }
  std::size_t b_size() const {
    return static_cast<std::size_t>(product == Product::kWeightGradient ? batch : inputs) * outputs;
  }
  std::size_t c_size() const {
    if (product == Product::kForward) return static_cast<std::size_t>(batch) * outputs;
    return static_cast<std::size_t>(product == Product::kWeightGradient ? outputs : batch) * inputs;
  }
};

struct GemmTest : KernelTest<GemmCase> {
  void SetUp() override {
    KernelTest::SetUp();
    if (!IsSkipped() && !backend::multiplies(GetParam().input_type)) {
      GTEST_SKIP() << "NOT TESTED: no bf16 products on this machine";
    }
  }

  std::vector<double> multiply(const std::vector<double>& a, const std::vector<double>& b, float alpha) {
    const GemmCase& c = GetParam();
    Gemm op;
    op.product = c.product;
    op.replicas = c.replicas;
    op.batch = c.batch;
    op.inputs = c.inputs;
    op.outputs = c.outputs;
    op.alpha = alpha;
    op.input_type = c.input_type;
    op.output_type = c.output_type;
    op.a = arena.input(a, c.input_type, c.shared_input ? 1 : c.replicas);
    op.b = arena.input(b, c.input_type, c.replicas);
    op.c = arena.output(c.c_size(), c.output_type, c.replicas);
    arena.run({op});
    return arena.get(op.c, c.output_type);
  }

  std::vector<reference::Bounded> oracle(const std::vector<double>& a, const std::vector<double>& b,
                                         float alpha) {
    const GemmCase& c = GetParam();
    std::vector<reference::Bounded> all;
    for (int r = 0; r < c.replicas; ++r) {
      const auto one = reference::gemm(c.product, &a[c.shared_input ? 0 : c.a_size() * r], &b[c.b_size() * r],
                                       c.batch, c.inputs, c.outputs, alpha);
      all.insert(all.end(), one.begin(), one.end());
    }
    return all;
  }
};

TEST_P(GemmTest, IsExactOnSmallIntegers) {
  const GemmCase& c = GetParam();
  const int limit = c.output_type == DType::kBf16 ? 1 : 8;
  auto a = random_integers(c.seed, c.a_size() * (c.shared_input ? 1 : c.replicas), limit);
  const auto b = random_integers(c.seed + 1, c.b_size() * c.replicas, limit);
  // With its 8 significant bits, bf16 represents all integers only up to 256, so the sums must have few
  // terms.
  for (std::size_t i = 0; c.output_type == DType::kBf16 && i < a.size(); ++i) a[i] = i % 3 == 0 ? a[i] : 0;
  const auto actual = multiply(a, b, 0.5f);
  const auto expected = oracle(a, b, 0.5f);
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(actual[i], expected[i].value) << "element " << i;
}

TEST_P(GemmTest, IsWithinLengthTimesEpsilonOnReals) {
  const GemmCase& c = GetParam();
  const float alpha = 1.0f / 255.0f;
  const auto a = random_reals(c.seed, c.a_size() * (c.shared_input ? 1 : c.replicas), c.input_type);
  const auto b = random_reals(c.seed + 1, c.b_size() * c.replicas, c.input_type);
  const auto actual = multiply(a, b, alpha);
  const auto expected = oracle(a, b, alpha);
  for (std::size_t i = 0; i < expected.size() && !HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "element " << i);
    expect_within(actual[i], stored_as(c.output_type, expected[i]));
  }
}

/// Columns and rows of zeros, such as padding, give +0 even if the other factor is negative.
TEST_P(GemmTest, KeepsPadsAtPlusZero) {
  const GemmCase& c = GetParam();
  const std::vector<double> a(c.a_size() * (c.shared_input ? 1 : c.replicas), -3);
  const std::vector<double> b(c.b_size() * c.replicas, 0);
  for (const double value : multiply(a, b, 1.0f)) expect_plus_zero(value);
}

TEST(GemmSizes, LargerThanALibraryCanCountAreRefused) {
  if (!backend::missing().empty()) GTEST_SKIP() << "NOT TESTED: " << backend::missing();
  if (backend::name() == "cpu") GTEST_SKIP() << "NOT TESTED on cpu: oneDNN counts in 64 bits";
  Arena arena;
  Gemm op;
  op.a = op.b = arena.input(std::vector<double>(64), DType::kF32, 1);
  op.c = arena.output(64, DType::kF32, 1);
  for (const auto& [batch, inputs, outputs] :
       {std::array{0, 8, 8}, {8, 0, 8}, {8, 8, -8}, {1 << 16, 1 << 15, 8}, {8, 1 << 16, 1 << 15}}) {
    op.batch = batch;
    op.inputs = inputs;
    op.outputs = outputs;
    const std::string sizes =
        text("gemm: found R 1, B ", batch, ", I ", inputs, ", O ", outputs, ", expected");
    EXPECT_THAT([&] { arena.run({op}); }, testing::ThrowsMessage<std::exception>(testing::HasSubstr(sizes)));
  }
}

std::vector<GemmCase> cases() {
  std::vector<GemmCase> cases;
  using enum DType;
  for (const auto product : {Product::kForward, Product::kWeightGradient, Product::kInputGradient}) {
    const std::vector<GemmCase> shapes = {
        {product, 1, 31, 32, 16},
        {product, 2, 33, 40, 24},
        {product, 3, 1, 8, 16},
        {product, 2, 5, 80, 8, kBf16, product == Product::kWeightGradient ? kF32 : kBf16},
    };
    cases.insert(cases.end(), shapes.begin(), shapes.end());
  }
  cases[2].shared_input = true;
  for (const auto product : {Product::kForward, Product::kWeightGradient, Product::kInputGradient}) {
    const std::vector<GemmCase> larger = {
        {product, 1, 80, 256, 128},
        {product, 2, 256, 64, 32},
        {product, 1, 256, 784, 16},
        {product, 2, 80, 32, 64, kBf16, kF32},
    };
    cases.insert(cases.end(), larger.begin(), larger.end());
  }
  return for_backend(cases);
}

INSTANTIATE_TEST_SUITE_P(Shapes, GemmTest, testing::ValuesIn(cases()), case_name<GemmCase>);

}  // namespace
}  // namespace gpu_sweep::test
