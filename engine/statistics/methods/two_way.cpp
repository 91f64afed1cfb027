#include "engine/statistics/methods/two_way.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace gpu_sweep {
namespace {

/// Sums over the differences d_ij in {-1, 0, 1}; all are exact.
struct DifferenceSums {
  std::vector<double> of_runs;    ///< [R]
  std::vector<double> of_images;  ///< [N]
  double squares = 0;
  double all = 0;
};

DifferenceSums difference_sums(const RightAnswers& a, const RightAnswers& b) {
  DifferenceSums sums{std::vector<double>(static_cast<std::size_t>(a.runs)),
                      std::vector<double>(static_cast<std::size_t>(a.images)), 0, 0};
  const auto row = static_cast<std::size_t>(a.row_bytes());
  for (std::size_t run = 0; run < sums.of_runs.size(); ++run) {
    for (std::size_t byte = 0; byte < row; ++byte) {
      const unsigned of_a = a.bits[run * row + byte];
      const unsigned of_b = b.bits[run * row + byte];
      if (of_a == of_b) continue;
      for (std::size_t bit = 0; bit < 8; ++bit) {
        const int difference = static_cast<int>(of_a >> bit & 1) - static_cast<int>(of_b >> bit & 1);
        if (difference == 0) continue;
        sums.of_runs[run] += difference;
        sums.of_images[8 * byte + bit] += difference;
        sums.squares += 1;
      }
    }
    sums.all += sums.of_runs[run];
  }
  return sums;
}

double sum_of_squares_about(const std::vector<double>& values, double mean) {
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares;
}

}  // namespace

TwoWay two_way(const RightAnswers& a, const RightAnswers& b) {
  if (a.runs != b.runs || a.images != b.images || a.runs < 2 || a.images < 2) {
    throw std::invalid_argument("a two-way analysis needs the same two or more runs and images of both");
  }
  const DifferenceSums sums = difference_sums(a, b);
  const double runs = a.runs;
  const double images = a.images;
  const double cells = runs * images;
  const double seeds_df = runs - 1;
  const double images_df = images - 1;
  const double seeds = sum_of_squares_about(sums.of_runs, sums.all / runs) / images;
  const double of_images = sum_of_squares_about(sums.of_images, sums.all / images) / runs;
  const double total = sums.squares - sums.all * sums.all / cells;
  const double ms_seeds = seeds / seeds_df;
  const double ms_images = of_images / images_df;
  const double ms_rest = std::max(0.0, total - seeds - of_images) / (seeds_df * images_df);

  TwoWay found;
  found.runs = a.runs;
  found.images = a.images;
  found.differing_images = static_cast<int>(
      std::count_if(sums.of_images.begin(), sums.of_images.end(), [](double sum) { return sum != 0; }));
  found.components = {(ms_seeds - ms_rest) / images, (ms_images - ms_rest) / runs, ms_rest};
  found.on_these_images = {sums.all / cells, std::sqrt(ms_seeds / cells), seeds_df};
  const double both = ms_seeds + ms_images - ms_rest;
  const double squares = ms_seeds * ms_seeds / seeds_df + ms_images * ms_images / images_df +
                         ms_rest * ms_rest / (seeds_df * images_df);
  if (both >= std::max(ms_seeds, ms_images) && squares > 0) {
    found.on_new_images = {sums.all / cells, std::sqrt(both / cells), both * both / squares};
  } else {
    const bool by_seeds = ms_seeds >= ms_images;
    found.on_new_images = {sums.all / cells, std::sqrt(std::max(ms_seeds, ms_images) / cells),
                           by_seeds ? seeds_df : images_df};
  }
  return found;
}

}  // namespace gpu_sweep
