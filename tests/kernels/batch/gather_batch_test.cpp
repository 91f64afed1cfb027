// Gathering the rows of the next batch: results are exact, apart from the rounding of floats to bf16.
#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <numeric>
#include <type_traits>

#include "reference/bf16.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {
namespace {

struct GatherCase {
  int replicas, batch, features, leading;
  int cursor, rows;
  bool shuffled;
  DType type = DType::kF32;
  InputType input = InputType::kU8;
  std::uint32_t seed = 3;
  int pool = 0;  ///< rows of the pool, 0 without one; row i is row pool_rows[first + i] of the pool
  int first = 0;

  int valid() const { return std::min(batch, rows - cursor); }
  std::string name() const {
    return text(input == InputType::kU8 ? "" : "of_floats_", type_name(type), "_R", replicas, "_B", batch,
                "_D", features, "of", leading, "_N", rows, "_valid", valid(), (shuffled ? "_shuffled" : ""),
                "_seed", seed, (pool > 0 ? text("_of", pool, "from", first) : ""));
  }
};

using GatherBatchTest = KernelTest<GatherCase>;

/// Returns `count` bytes, or `count` floats. The floats have both signs and magnitudes below 2^127. Most of
/// them are not exact in bf16, and some are ties, zeros or subnormal numbers.
template <class Input>
std::vector<Input> random_inputs(std::size_t count, std::mt19937& generator) {
  std::vector<Input> values(count);
  for (Input& value : values) {
    const auto bits = static_cast<std::uint32_t>(generator());
    if constexpr (std::is_same_v<Input, float>) {
      const std::uint32_t kinds[] = {bits, bits & 0xffff8000u, bits & 0x80000000u, bits & 0x807fffffu};
      const std::uint32_t chosen = kinds[generator() % std::size(kinds)];
      const bool fits = (chosen & 0x7f800000u) < 0x7f000000u;
      value = std::bit_cast<float>(fits ? chosen : chosen & 0xbfffffffu);
    } else {
      value = static_cast<Input>(bits);
    }
  }
  return values;
}

template <class Input>
void expect_gathered(Arena& arena, const GatherCase& c) {
  std::mt19937 generator(c.seed);
  const int source_rows = c.pool > 0 ? c.pool : c.rows;
  const auto pixels = random_inputs<Input>(static_cast<std::size_t>(source_rows) * c.features, generator);
  std::vector<std::uint8_t> labels(source_rows);
  for (auto& label : labels) label = static_cast<std::uint8_t>(generator());
  std::vector<std::uint32_t> order;
  for (int r = 0; r < c.replicas; ++r) {
    std::vector<std::uint32_t> own(c.rows);
    std::iota(own.begin(), own.end(), 0u);
    if (c.shuffled) std::shuffle(own.begin(), own.end(), generator);
    order.insert(order.end(), own.begin(), own.end());
  }

  std::vector<std::uint32_t> pool_rows;
  for (int r = 0; r < c.replicas; ++r) {
    std::vector<std::uint32_t> own(source_rows);
    std::iota(own.begin(), own.end(), 0u);
    if (c.pool > 0) std::shuffle(own.begin(), own.end(), generator);
    pool_rows.insert(pool_rows.end(), own.begin(), own.end());
  }

  GatherBatch op;
  op.pool = c.pool;
  op.first = c.first;
  op.replicas = c.replicas;
  op.batch = c.batch;
  op.features = c.features;
  op.leading = c.leading;
  op.rows = c.rows;
  op.shuffled = c.shuffled;
  op.type = c.type;
  op.input_type = c.input;
  op.pixels = arena.dataset(pixels);
  op.labels = arena.dataset(labels);
  // If the operation must not read `order` or `pool_rows`, the indices in them point far outside the data.
  op.order =
      arena.input(c.shuffled ? order : std::vector<std::uint32_t>(order.size(), 0x7fffffff), c.replicas);
  op.pool_rows = arena.input(
      c.pool > 0 ? pool_rows : std::vector<std::uint32_t>(pool_rows.size(), 0x7fffffff), c.replicas);
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
      std::uint32_t row = valid ? order[static_cast<std::size_t>(r) * c.rows + c.cursor + b] : 0;
      if (valid) row = pool_rows[static_cast<std::size_t>(r) * source_rows + c.first + row];
      EXPECT_EQ(y[at], valid ? labels[row] : 0) << "replica " << r << " row " << b;
      for (int i = 0; i < c.leading; ++i) {
        const double actual = x[at * c.leading + i];
        if (valid && i < c.features) {
          const double pixel = pixels[static_cast<std::size_t>(row) * c.features + i];
          const double expected = c.type == DType::kBf16 ? reference::nearest_bf16(pixel) : pixel;
          ASSERT_EQ(actual, expected) << r << ", " << b << ", " << i;
          ASSERT_EQ(std::signbit(actual), std::signbit(expected)) << r << ", " << b << ", " << i;
        } else {
          expect_plus_zero(actual);
        }
      }
    }
  }
}

TEST_P(GatherBatchTest, CopiesRowsExactlyAndWritesTheRestAsPlusZero) {
  with_input_type(GetParam().input, [&]<class Input>() { expect_gathered<Input>(arena, GetParam()); });
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
      {2, 31, 33, 40, 0, 64, true, kF32, InputType::kU8, 3, 80, 0},
      {3, 16, 64, 64, 16, 20, false, kBf16, InputType::kU8, 3, 100, 80},
  });
}

std::vector<GatherCase> cases_of_floats() {
  using enum DType;
  constexpr InputType kF32Input = InputType::kF32;
  return for_backend<GatherCase>({
      {2, 31, 33, 40, 0, 64, true, kF32, kF32Input},
      {3, 5, 1, 8, 4, 9, true, kBf16, kF32Input},
      {1, 9, 30, 32, 0, 100, true, kF32, kF32Input},
      {2, 33, 64, 64, 66, 67, true, kBf16, kF32Input},
      {1, 1, 16, 16, 2, 3, false, kF32, kF32Input},
      {1, 16, 52, 56, 0, 16, true, kBf16, kF32Input},
      {2, 80, 20, 24, 160, 240, true, kF32, kF32Input},
      {1, 3, 9, 9, 3, 100, true, kBf16, kF32Input},
      {1, 7, 100, 104, 0, 6, false, kBf16, kF32Input},
      {2, 256, 784, 784, 256, 336, true, kF32, kF32Input},
      {1, 256, 784, 784, 0, 300, true, kBf16, kF32Input},
      {3, 8, 30, 32, 8, 12, false, kF32, kF32Input, 3, 40, 28},
  });
}

INSTANTIATE_TEST_SUITE_P(Shapes, GatherBatchTest, testing::ValuesIn(cases()), case_name<GatherCase>);
INSTANTIATE_TEST_SUITE_P(Floats, GatherBatchTest, testing::ValuesIn(cases_of_floats()),
                         case_name<GatherCase>);

}  // namespace
}  // namespace gpu_sweep::test
