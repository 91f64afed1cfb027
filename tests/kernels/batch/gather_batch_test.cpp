// The gather of the next batch's rows, compared exactly.
#include <algorithm>
#include <numeric>

#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct GatherCase {
  int replicas, batch, features, leading;
  int cursor, rows;
  bool shuffled;
  DType type = DType::kF32;
  std::uint32_t seed = 3;

  int valid() const { return std::min(batch, rows - cursor); }
  std::string name() const {
    return text(type_name(type), "_R", replicas, "_B", batch, "_D", features, "of", leading, "_N", rows,
                "_valid", valid(), (shuffled ? "_shuffled" : ""), "_seed", seed);
  }
};

using GatherBatchTest = KernelTest<GatherCase>;

TEST_P(GatherBatchTest, CopiesRowsExactlyAndWritesTheRestAsPlusZero) {
  const GatherCase& c = GetParam();
  std::mt19937 generator(c.seed);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(c.rows) * c.features), labels(c.rows);
  for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(generator());
  for (auto& label : labels) label = static_cast<std::uint8_t>(generator());
  std::vector<std::uint32_t> order;
  for (int r = 0; r < c.replicas; ++r) {
    std::vector<std::uint32_t> own(c.rows);
    std::iota(own.begin(), own.end(), 0u);
    if (c.shuffled) std::shuffle(own.begin(), own.end(), generator);
    order.insert(order.end(), own.begin(), own.end());
  }

  GatherBatch op;
  op.replicas = c.replicas;
  op.batch = c.batch;
  op.features = c.features;
  op.leading = c.leading;
  op.rows = c.rows;
  op.shuffled = c.shuffled;
  op.type = c.type;
  op.pixels = arena.dataset(pixels);
  op.labels = arena.dataset(labels);
  // If the order must not be read, its indices point far outside the data.
  op.order =
      arena.input(c.shuffled ? order : std::vector<std::uint32_t>(order.size(), 0x7fffffff), c.replicas);
  op.state = arena.input(std::vector<StepState>{{0, 1, static_cast<std::uint32_t>(c.cursor), 0}});
  op.x = arena.output(static_cast<std::size_t>(c.batch) * c.leading, c.type, c.replicas);
  op.y = arena.output<std::uint8_t>(c.batch, c.replicas);
  arena.run({op});

  const auto x = arena.get(op.x, c.type);
  const auto y = arena.get<std::uint8_t>(op.y);
  for (int r = 0; r < c.replicas; ++r) {
    for (int b = 0; b < c.batch; ++b) {
      const std::size_t at = static_cast<std::size_t>(r) * c.batch + b;
      const bool valid = b < c.valid();
      const std::uint32_t row = valid ? order[static_cast<std::size_t>(r) * c.rows + c.cursor + b] : 0;
      EXPECT_EQ(y[at], valid ? labels[row] : 0) << "replica " << r << " row " << b;
      for (int i = 0; i < c.leading; ++i) {
        const double actual = x[at * c.leading + i];
        if (valid && i < c.features) {
          ASSERT_EQ(actual, pixels[static_cast<std::size_t>(row) * c.features + i])
              << r << ", " << b << ", " << i;
        } else {
          expect_plus_zero(actual);
        }
      }
    }
  }
}

std::vector<GatherCase> cases() {
  using enum DType;
  return for_backend<GatherCase>({
      {2, 31, 33, 40, 0, 64, true},
      {1, 32, 784, 784, 32, 50, true},
      {3, 5, 1, 8, 4, 9, true, kBf16},
      {1, 8, 784, 784, 0, 8, false, kBf16},
      {2, 33, 31, 32, 66, 67, true, kBf16},
      {1, 1, 16, 16, 2, 3, false},
      {1, 9, 7, 7, 0, 100, true},
      {2, 80, 20, 24, 160, 240, true},
      {1, 16, 48, 48, 0, 16, true, kBf16},
      {1, 7, 100, 104, 0, 6, false},
      {2, 6, 64, 64, 6, 12, true},
      {1, 3, 9, 9, 3, 100, true, kBf16},
      {2, 256, 784, 784, 256, 336, true},
      {3, 256, 784, 784, 0, 1000, true, kBf16},
      {1, 256, 3072, 3072, 0, 300, true},
      {1, 64, 785, 792, 0, 64, true},
      {2, 100, 784, 784, 0, 100, false},
  });
}

INSTANTIATE_TEST_SUITE_P(Shapes, GatherBatchTest, testing::ValuesIn(cases()), case_name<GatherCase>);

}  // namespace
}  // namespace gpu_sweep::test
