// Support for products of bf16 matrices with AMX, whose registers are tiles of 16 rows of 64 bytes. The
// caller checks at run time that the processor supports AMX (has_amx).
//
// A tile of the left matrix is [16 rows, 32 terms] bf16. A tile of the right matrix is [16 pairs of terms, 16
// columns, 2] bf16. A tile of sums is [16 rows, 16 columns] fp32. One instruction adds the products of 32
// terms to the sums; within it, the sums of the even and of the odd terms are computed first (tdpbf16ps in
// Intel's manual). The bits of a product therefore depend on how its terms are divided into groups of 32:
// here and in oneDNN from the first term on, with zeros after the last one.
#pragma once

#ifdef __x86_64__
#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/common/bf16.h"

/// Attribute for a function that uses tiles. It goes before the function.
#define GPU_SWEEP_AMX __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512bf16")))

namespace gpu_sweep::cpu::amx {

inline constexpr int kTileRows = 16;
inline constexpr int kTileTerms = 32;
inline constexpr int kTile = kTileRows * kTileTerms;  ///< elements of a tile of bf16
inline constexpr int kBlock = 2 * kTileRows;          ///< rows and columns of sums that are computed together

/// Returns whether the processor has AMX with bf16, and the kernel lets this process use it.
bool has_amx();

/// Give this thread its tiles, and give them back.
void open_tiles();
void close_tiles();

/// Owns the tiles of this thread while it lives. Their contents are lost between two owners.
class Tiles {
 public:
  Tiles() { open_tiles(); }
  ~Tiles() { close_tiles(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

/// Two neighboring tiles of a left matrix, 16 rows apart. Tile t of the terms starts at `rows[i] + t * step`.
struct Left {
  const Bf16* rows[2];
  std::ptrdiff_t pitch;  ///< bytes from one row to the next
  std::ptrdiff_t step;   ///< elements from one tile to the next
};

/// Computes `sums` [kBlock, kBlock] of 32 rows and 32 columns, or of 16 where `row_tiles` or `column_tiles`
/// is
/// 1. `right` has the tiles of each of two groups of 16 columns. The rows of sums are `pitch` bytes apart.
void multiply_block(int row_tiles, int column_tiles, const Left& left, const Bf16* const (&right)[2],
                    int term_tiles, float* sums, std::ptrdiff_t pitch);

/// Copies `terms` rows of 32 columns (16, if `column_tiles` is 1) to tiles of a right matrix. `to[i]` has
/// room for `term_tiles` tiles; zeros follow the last row.
void pack_right(const Bf16* from, std::ptrdiff_t pitch, int terms, int column_tiles, int term_tiles,
                Bf16* const (&to)[2]);

/// Copies `terms` rows of 32 columns (16, if `row_tiles` is 1) to tiles of a left matrix, of which the
/// columns are the rows.
void pack_left_transposed(const Bf16* from, std::ptrdiff_t pitch, int terms, int row_tiles, int term_tiles,
                          Bf16* const (&to)[2]);

}  // namespace gpu_sweep::cpu::amx
#endif
