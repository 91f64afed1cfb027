#include "engine/statistics/methods/two_way.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "engine/statistics/methods/distributions.h"

namespace gpu_sweep {
namespace {

std::size_t bytes_of(int images) { return (static_cast<std::size_t>(images) + 7) / 8; }

std::int64_t differing_bits(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  std::int64_t count = 0;
  std::size_t i = 0;
  for (; i + sizeof(std::uint64_t) <= a.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t of_a = 0;
    std::uint64_t of_b = 0;
    std::memcpy(&of_a, &a[i], sizeof of_a);
    std::memcpy(&of_b, &b[i], sizeof of_b);
    count += std::popcount(of_a ^ of_b);
  }
  for (; i < a.size(); ++i) count += std::popcount(static_cast<unsigned>(a[i] ^ b[i]));
  return count;
}

std::vector<double> difference(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<double> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] - b[i];
  return result;
}

double sum_of_squares_about(const std::vector<double>& values, double mean) {
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares;
}

}  // namespace

RightAnswers::RightAnswers(std::vector<std::uint8_t> bits, int runs, int images)
    : bits_(std::move(bits)),
      of_runs_(static_cast<std::size_t>(runs)),
      of_images_(static_cast<std::size_t>(images)) {
  const std::size_t row = bytes_of(images);
  if (bits_.size() != of_runs_.size() * row) {
    throw std::invalid_argument("right answers have another size than runs and images");
  }
  const std::size_t whole = of_images_.size() / 8;  // number of bytes all of whose bits stand for images
  for (std::size_t run = 0; run < of_runs_.size(); ++run) {
    const std::uint8_t* bytes = bits_.data() + run * row;
    for (std::size_t byte = 0; byte < whole; ++byte) {
      for (std::size_t bit = 0; bit < 8; ++bit) of_images_[8 * byte + bit] += bytes[byte] >> bit & 1;
    }
    for (std::size_t image = 8 * whole; image < of_images_.size(); ++image)
      of_images_[image] += bytes[whole] >> (image % 8) & 1;
    for (std::size_t byte = 0; byte < row; ++byte) of_runs_[run] += std::popcount(bytes[byte]);
  }
}

RightAnswers RightAnswers::of(std::span<const std::size_t> runs) const {
  const std::size_t row = bytes_of(images());
  std::vector<std::uint8_t> bits;
  for (const std::size_t run : runs) {
    const auto first = bits_.begin() + static_cast<std::ptrdiff_t>(run * row);
    bits.insert(bits.end(), first, first + static_cast<std::ptrdiff_t>(row));
  }
  return {std::move(bits), static_cast<int>(runs.size()), images()};
}

bool TwoWay::images_limit(double alpha) const {
  if (!enough_images()) return false;
  const double most = normal_quantile(1 - alpha / 2) * std::sqrt(std::max(0.0, components.images) / images);
  const Interval seeds = on_these_images.interval(alpha);
  return seeds.low > -most && seeds.high < most;
}

TwoWay two_way(const RightAnswers& a, const RightAnswers& b) {
  if (a.runs() != b.runs() || a.images() != b.images() || a.runs() < 2 || a.images() < 2) {
    throw std::invalid_argument("a two-way analysis needs the same two or more runs and images of both");
  }
  // Sums over the differences d_ij in {-1, 0, 1}. These sums are whole numbers, so they are exact.
  const std::vector<double> of_runs = difference(a.of_runs(), b.of_runs());
  const std::vector<double> of_images = difference(a.of_images(), b.of_images());
  const double all = std::accumulate(of_runs.begin(), of_runs.end(), 0.0);
  const auto squares_of_all = static_cast<double>(differing_bits(a.bits(), b.bits()));
  const double runs = a.runs();
  const double images = a.images();
  const double cells = runs * images;
  const double seeds_df = runs - 1;
  const double images_df = images - 1;
  const double by_seed = sum_of_squares_about(of_runs, all / runs) / images;
  const double by_image = sum_of_squares_about(of_images, all / images) / runs;
  const double total = squares_of_all - all * all / cells;
  const double ms_seeds = by_seed / seeds_df;
  const double ms_images = by_image / images_df;
  const double ms_rest = std::max(0.0, total - by_seed - by_image) / (seeds_df * images_df);

  TwoWay found;
  found.runs = a.runs();
  found.images = a.images();
  found.differing_images =
      static_cast<int>(std::ranges::count_if(of_images, [](double sum) { return sum != 0; }));
  found.components = {(ms_seeds - ms_rest) / images, (ms_images - ms_rest) / runs, ms_rest};
  found.on_these_images = {all / cells, std::sqrt(ms_seeds / cells), seeds_df};
  const double both = ms_seeds + ms_images - ms_rest;
  const double squares = ms_seeds * ms_seeds / seeds_df + ms_images * ms_images / images_df +
                         ms_rest * ms_rest / (seeds_df * images_df);
  if (both >= std::max(ms_seeds, ms_images) && squares > 0) {
    found.on_new_images = {all / cells, std::sqrt(both / cells), both * both / squares};
  } else {
    const bool by_seeds = ms_seeds >= ms_images;
    found.on_new_images = {all / cells, std::sqrt(std::max(ms_seeds, ms_images) / cells),
                           by_seeds ? seeds_df : images_df};
  }
  return found;
}

}  // namespace gpu_sweep
