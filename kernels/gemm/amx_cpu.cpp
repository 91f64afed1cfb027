#ifdef __x86_64__
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels/gemm/amx.h"

namespace gpu_sweep::cpu::amx {
namespace {

constexpr __mmask16 kAll16 = 0xffff;
constexpr __mmask8 kAll8 = 0xff;
constexpr int kTileBytes = 64;  // bytes in a row of a tile

/// The operand of ldtilecfg: eight tiles of the largest size.
struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};

  constexpr TileShapes() {
    for (int i = 0; i < 8; ++i) {
      row_bytes[i] = kTileBytes;
      rows[i] = kTileRows;
    }
  }
};
constexpr TileShapes kShapes;

/// Reads the features from the processor, because __builtin_cpu_supports of clang 14 has no names for them.
bool has_tiles_of_bf16() {
  constexpr unsigned kFeatures = 7, kBf16Bit = 1u << 22, kTileBit = 1u << 24;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(kFeatures, 0, &a, &b, &c, &d) != 0 && (d & kBf16Bit) && (d & kTileBit);
}

bool allowed_by_kernel() {
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

// Tiles 0 to 3 are the sums, 4 and 5 the left matrix, 6 and 7 the right one. The intrinsics accept only
// constants as tile numbers, so the size of the block is given by template parameters.
template <int kRowTiles, int kColumnTiles>
GPU_SWEEP_AMX void multiply_tiles(const Left& left, const Bf16* const (&right)[2], int term_tiles,
                                  float* sums, std::ptrdiff_t pitch) {
  constexpr bool kTwoRows = kRowTiles == 2, kTwoColumns = kColumnTiles == 2;
  _tile_zero(0);
  if constexpr (kTwoColumns) _tile_zero(1);
  if constexpr (kTwoRows) _tile_zero(2);
  if constexpr (kTwoRows && kTwoColumns) _tile_zero(3);
  asm volatile("" ::: "memory");  // the intrinsics do not say that they read memory
  for (std::ptrdiff_t t = 0; t < term_tiles; ++t) {
    _tile_loadd(6, right[0] + t * kTile, kTileBytes);
    _tile_loadd(4, left.rows[0] + t * left.step, left.pitch);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (kTwoColumns) {
      _tile_loadd(7, right[1] + t * kTile, kTileBytes);
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (kTwoRows) {
      _tile_loadd(5, left.rows[1] + t * left.step, left.pitch);
      _tile_dpbf16ps(2, 5, 6);
    }
    if constexpr (kTwoRows && kTwoColumns) _tile_dpbf16ps(3, 5, 7);
  }
  float* lower = sums + kTileRows * pitch / static_cast<std::ptrdiff_t>(sizeof(float));
  _tile_stored(0, sums, pitch);
  if constexpr (kTwoColumns) _tile_stored(1, sums + kTileRows, pitch);
  if constexpr (kTwoRows) _tile_stored(2, lower, pitch);
  if constexpr (kTwoRows && kTwoColumns) _tile_stored(3, lower + kTileRows, pitch);
}

/// Transposes 16 x 16 values of 32 bits.
GPU_SWEEP_AMX inline void transpose(__m512i (&rows)[16]) {
  __m512i other[16];
  for (int i = 0; i < 16; i += 2) {
    other[i] = _mm512_maskz_unpacklo_epi32(kAll16, rows[i], rows[i + 1]);
    other[i + 1] = _mm512_maskz_unpackhi_epi32(kAll16, rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    rows[i] = _mm512_maskz_unpacklo_epi64(kAll8, other[i], other[i + 2]);
    rows[i + 1] = _mm512_maskz_unpackhi_epi64(kAll8, other[i], other[i + 2]);
    rows[i + 2] = _mm512_maskz_unpacklo_epi64(kAll8, other[i + 1], other[i + 3]);
    rows[i + 3] = _mm512_maskz_unpackhi_epi64(kAll8, other[i + 1], other[i + 3]);
  }
  constexpr int kEven = 0x88, kOdd = 0xdd;  // which quarters of either operand are taken
  for (int i = 0; i < 4; ++i) {
    other[i] = _mm512_maskz_shuffle_i32x4(kAll16, rows[i], rows[i + 4], kEven);
    other[i + 4] = _mm512_maskz_shuffle_i32x4(kAll16, rows[i], rows[i + 4], kOdd);
    other[i + 8] = _mm512_maskz_shuffle_i32x4(kAll16, rows[i + 8], rows[i + 12], kEven);
    other[i + 12] = _mm512_maskz_shuffle_i32x4(kAll16, rows[i + 8], rows[i + 12], kOdd);
  }
  for (int i = 0; i < 8; ++i) {
    rows[i] = _mm512_maskz_shuffle_i32x4(kAll16, other[i], other[i + 8], kEven);
    rows[i + 8] = _mm512_maskz_shuffle_i32x4(kAll16, other[i], other[i + 8], kOdd);
  }
}

/// Two rows of 32 elements, merged into pairs of elements of the same column: `low` has the pairs of
/// columns 0 to 15, `high` those of columns 16 to 31.
struct Pairs {
  __m512i low, high;
};

/// Merges rows `term` and `term + 1` of `from`. Rows from `terms` on count as zeros.
GPU_SWEEP_AMX inline Pairs merge_rows(const Bf16* from, std::ptrdiff_t pitch, int term, int terms,
                                      __mmask32 columns) {
  alignas(64) static constexpr auto kFrom = [] {
    std::array<std::array<std::uint16_t, 32>, 2> from_column{};
    for (std::uint16_t i = 0; i < 32; ++i) {
      for (std::uint16_t half = 0; half < 2; ++half) {
        from_column[half][i] = static_cast<std::uint16_t>(16 * half + i / 2 + (i % 2 ? 32 : 0));
      }
    }
    return from_column;
  }();
  const Bf16* row = from + term * pitch;
  const __m512i first = _mm512_maskz_loadu_epi16(term < terms ? columns : 0, row);
  const __m512i second = _mm512_maskz_loadu_epi16(term + 1 < terms ? columns : 0, row + pitch);
  return {_mm512_permutex2var_epi16(first, _mm512_load_si512(kFrom[0].data()), second),
          _mm512_permutex2var_epi16(first, _mm512_load_si512(kFrom[1].data()), second)};
}

__mmask32 mask_of(int tiles) { return tiles == 2 ? 0xffffffffu : 0xffffu; }

}  // namespace

bool has_amx() {
  static const bool has = has_tiles_of_bf16() && __builtin_cpu_supports("avx512bf16") &&
                          __builtin_cpu_supports("avx512bw") && allowed_by_kernel();
  return has;
}

GPU_SWEEP_AMX void open_tiles() { _tile_loadconfig(&kShapes); }
GPU_SWEEP_AMX void close_tiles() { _tile_release(); }

void multiply_block(int row_tiles, int column_tiles, const Left& left, const Bf16* const (&right)[2],
                    int term_tiles, float* sums, std::ptrdiff_t pitch) {
  const auto multiply = row_tiles == 2 ? (column_tiles == 2 ? multiply_tiles<2, 2> : multiply_tiles<2, 1>)
                                       : (column_tiles == 2 ? multiply_tiles<1, 2> : multiply_tiles<1, 1>);
  multiply(left, right, term_tiles, sums, pitch);
}

GPU_SWEEP_AMX void pack_right(const Bf16* from, std::ptrdiff_t pitch, int terms, int column_tiles,
                              int term_tiles, Bf16* const (&to)[2]) {
  const __mmask32 columns = mask_of(column_tiles);
  for (std::ptrdiff_t term = 0; term < std::ptrdiff_t{term_tiles} * kTileTerms; term += 2) {
    const Pairs pairs = merge_rows(from, pitch, static_cast<int>(term), terms, columns);
    _mm512_store_si512(to[0] + term * kTileRows, pairs.low);
    if (column_tiles == 2) _mm512_store_si512(to[1] + term * kTileRows, pairs.high);
  }
}

GPU_SWEEP_AMX void pack_left_transposed(const Bf16* from, std::ptrdiff_t pitch, int terms, int row_tiles,
                                        int term_tiles, Bf16* const (&to)[2]) {
  for (std::ptrdiff_t t = 0; t < term_tiles; ++t) {
    __m512i low[16], high[16];
    for (int i = 0; i < 16; ++i) {
      const Pairs pairs =
          merge_rows(from, pitch, static_cast<int>(t) * kTileTerms + 2 * i, terms, mask_of(row_tiles));
      low[i] = pairs.low;
      high[i] = pairs.high;
    }
    transpose(low);
    for (std::ptrdiff_t i = 0; i < 16; ++i) _mm512_store_si512(to[0] + t * kTile + i * kTileTerms, low[i]);
    if (row_tiles == 1) continue;
    transpose(high);
    for (std::ptrdiff_t i = 0; i < 16; ++i) _mm512_store_si512(to[1] + t * kTile + i * kTileTerms, high[i]);
  }
}

}  // namespace gpu_sweep::cpu::amx
#endif
