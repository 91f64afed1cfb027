#include <algorithm>

#include "kernels/common/aligned_scratch.h"
#include "kernels/common/avx512.h"
#include "kernels/common/tensor_access.h"
#include "kernels/gemm/amx.h"
#include "kernels/gemm/gradient_rows_amx.h"

namespace gpu_sweep::cpu {

#ifdef __x86_64__
namespace {

using namespace amx;

constexpr std::int64_t kMostPacked = 1 << 19;  // largest b in elements: 1 MiB, half of an L2 cache of 2 MiB

/// Multiplies one or two neighboring tiles of sums by `factor`, in `rows` rows that are `pitch` elements
/// apart.
GPU_SWEEP_AVX512 void scale_block(float* sums, int rows, int column_tiles, std::ptrdiff_t pitch,
                                  float factor) {
  for (std::ptrdiff_t i = 0; i < rows; ++i) {
    for (std::ptrdiff_t j = 0; j < column_tiles; ++j) {
      float* at = sums + i * pitch + j * kTileRows;
      _mm512_store_ps(at, _mm512_load_ps(at) * factor);
    }
  }
}

class AmxGradientRows final : public GradientRows {
 public:
  explicit AmxGradientRows(const Gemm& op)
      : op_(op),
        term_tiles_((op.batch + kTileTerms - 1) / kTileTerms),
        a_(static_cast<std::size_t>(2 * tile_row())),
        b_(static_cast<std::size_t>(tile_row() * (op.outputs / kTileRows))),
        c_(static_cast<std::size_t>(kBlock * op.outputs)) {}

  void run(const Memory& memory, int replica, const Use& use) override {
    const Tiles tiles;
    pack_b(read<Bf16>(memory, op_.b, replica));
    const auto* a = read<Bf16>(memory, op_.a, replica);
    for (int first = 0; first < op_.inputs; first += kBlock) {
      const int row_tiles = std::min(2, (op_.inputs - first) / kTileRows);
      Bf16* const to[2] = {a_.data(), a_.data() + tile_row()};
      pack_left_transposed(a + first, op_.inputs, op_.batch, row_tiles, term_tiles_, to);
      multiply_rows_of_tiles(row_tiles);
      use(first, row_tiles * kTileRows, c_.data());
    }
  }

 private:
  /// Returns the number of elements in a row of tiles: 16 rows of a' or columns of b times the rows of the
  /// batch, rounded up to whole tiles.
  std::ptrdiff_t tile_row() const { return std::ptrdiff_t{term_tiles_} * kTile; }

  void pack_b(const Bf16* from) {
    for (int column = 0; column < op_.outputs; column += kBlock) {
      Bf16* first = b_.data() + column / kTileRows * tile_row();
      Bf16* const to[2] = {first, first + tile_row()};
      pack_right(from + column, op_.outputs, op_.batch, column_tiles(column), term_tiles_, to);
    }
  }

  int column_tiles(int column) const { return std::min(2, (op_.outputs - column) / kTileRows); }

  /// Computes c_ from a_ and b_. A block of sums is scaled after the products of the next block are
  /// issued, because the processor can then do both at the same time.
  void multiply_rows_of_tiles(int row_tiles) {
    const Left left = {{a_.data(), a_.data() + tile_row()}, kTileTerms * sizeof(Bf16), kTile};
    const auto scale = [&](int column) {
      if (op_.alpha == 1.0f) return;
      scale_block(c_.data() + column, row_tiles * kTileRows, column_tiles(column), op_.outputs, op_.alpha);
    };
    int last = -1;
    for (int column = 0; column < op_.outputs; column += kBlock) {
      const Bf16* first = b_.data() + column / kTileRows * tile_row();
      multiply_block(row_tiles, column_tiles(column), left, {first, first + tile_row()}, term_tiles_,
                     c_.data() + column, static_cast<std::ptrdiff_t>(sizeof(float)) * op_.outputs);
      if (last >= 0) scale(last);
      last = column;
    }
    scale(last);
  }

  Gemm op_;
  int term_tiles_;
  AlignedScratch<Bf16> a_;   // [2, term tiles, kTile]
  AlignedScratch<Bf16> b_;   // [outputs / 16, term tiles, kTile]
  AlignedScratch<float> c_;  // [kBlock, outputs]
};

}  // namespace

std::unique_ptr<GradientRows> gradient_rows_amx(const Gemm& op) {
  const bool fits = op.inputs % kTileRows == 0 && op.outputs % kTileRows == 0 &&
                    std::int64_t{op.batch} * op.outputs <= kMostPacked;
  if (op.input_type != DType::kBf16 || !fits || !has_amx()) return nullptr;
  return std::make_unique<AmxGradientRows>(op);
}
#else
std::unique_ptr<GradientRows> gradient_rows_amx(const Gemm&) { return nullptr; }
#endif

}  // namespace gpu_sweep::cpu
