// Support for products of bf16 matrices with AMX, whose registers are tiles of 16 rows of 64 bytes. The
// caller checks at run time that AMX can be used (has_amx).
//
// An element of a product is a sum of terms. A tile of the left matrix is [16 rows, 32 terms] bf16, a
// tile of the right matrix is [16 pairs of terms, 16 columns, 2] bf16, and a tile of sums is [16 rows, 16
// columns] fp32. One instruction (tdpbf16ps in Intel's manual) adds 32 terms to each sum, and within it
// the even and the odd terms are first summed separately. The bits of a product therefore depend on how its
// terms are divided into groups of 32. This code, like oneDNN, counts the groups from the first term on and
// fills up the last one with zeros.
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

/// Returns whether the processor has AMX with bf16 and the AVX-512 instructions used here, and the
/// operating system lets this process use the tiles. The first call asks the operating system for the
/// permission if the processor has the instructions.
bool has_amx();

/// Configure the tiles of this thread, and release them.
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

/// The tiles of up to 32 rows of a left matrix. `rows[i]` is the first tile of rows 16 i to 16 i + 15,
/// and `rows[i] + t * step` is their tile number t, with the terms from 32 t on.
struct Left {
  const Bf16* rows[2];
  std::ptrdiff_t pitch;  ///< bytes from one row of a tile to the next
  std::ptrdiff_t step;   ///< elements from one tile to the next
};

/// Computes `sums`, the product of 32 rows and 32 columns (16 rows if `row_tiles` is 1, and 16 columns if
/// `column_tiles` is 1). `right[i]` has the `term_tiles` tiles of columns 16 i to 16 i + 15. The rows of
/// `sums` are `pitch` bytes apart.
void multiply_block(int row_tiles, int column_tiles, const Left& left, const Bf16* const (&right)[2],
                    int term_tiles, float* sums, std::ptrdiff_t pitch);

/// Copies `terms` rows of 32 columns (16 if `column_tiles` is 1) to tiles of a right matrix. The rows of
/// `from` are `pitch` elements apart. `to[i]` receives columns 16 i to 16 i + 15, as `term_tiles` tiles
/// in which zeros follow the last row.
void pack_right(const Bf16* from, std::ptrdiff_t pitch, int terms, int column_tiles, int term_tiles,
                Bf16* const (&to)[2]);

/// Copies `terms` rows of 32 columns (16 if `row_tiles` is 1) to tiles of a left matrix whose rows are
/// these columns. The other arguments are those of pack_right.
void pack_left_transposed(const Bf16* from, std::ptrdiff_t pitch, int terms, int row_tiles, int term_tiles,
                          Bf16* const (&to)[2]);

}  // namespace gpu_sweep::cpu::amx
#endif
