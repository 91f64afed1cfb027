// Traversal of a matrix on the CPU, for operations that need a random word per element. It visits the matrix
// row by row in spans. The words of several narrow rows are drawn by one call of philox_words into a buffer,
// the tile, so each span says whether the tile must be filled first.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/common/philox_cpu.h"

namespace gpu_sweep::cpu {

/// A part of a row of a [rows, width] matrix.
struct Span {
  int row = 0;
  int column = 0;
  int count = 0;
  std::uint32_t element = 0;  ///< row * width + column, the index of its first random word
  int first_word = 0;         ///< index of this span's first word in the tile
  int new_words = 0;  ///< if not 0: `visit` first fills the tile with this many words, from `element` on
};

/// Calls `visit(span)` for every part of every row, in order. No span is longer than kPhiloxTile.
template <class Visit>
void for_each_span(int rows, int width, const Visit& visit) {
  const int rows_a_tile = std::max(1, kPhiloxTile / width);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < width; column += kPhiloxTile) {
      Span span{row,
                column,
                std::min(kPhiloxTile, width - column),
                static_cast<std::uint32_t>(row * width + column),
                0,
                0};
      if (width > kPhiloxTile) {
        span.new_words = span.count;
      } else {
        span.first_word = row % rows_a_tile * width;
        if (span.first_word == 0) span.new_words = std::min(rows_a_tile, rows - row) * width;
      }
      visit(span);
    }
  }
}

}  // namespace gpu_sweep::cpu
