// Traversal of a matrix on the CPU, for operations that need a random word per element. It goes row by row in
// spans, and tells the visitor at which spans to draw random words, since one call draws the words of several
// rows.
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
  std::uint32_t element = 0;  ///< row * width + column, the index of its random word
  int first_word = 0;         ///< index of this span's first word in the tile of words
  int new_words = 0;  ///< number of words, from `element` on, that `visit` must draw into the tile first
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
