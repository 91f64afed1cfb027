#include "engine/statistics/methods/sign_flip.h"

#include <algorithm>
#include <cmath>

namespace gpu_sweep {
namespace {

/// Returns the sum of the differences, with the sign of difference i flipped if bit i of `signs` is set.
double signed_sum(std::span<const double> differences, std::uint32_t signs) {
  double sum = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    sum += (signs >> i & 1u) != 0 ? -differences[i] : differences[i];
  }
  return sum;
}

double enumerated_p(std::span<const double> differences, double bound) {
  const std::uint32_t patterns = 1u << differences.size();
  std::uint32_t as_far = 0;
  for (std::uint32_t signs = 0; signs < patterns; ++signs) {
    as_far += std::abs(signed_sum(differences, signs)) >= bound ? 1 : 0;
  }
  return static_cast<double>(as_far) / patterns;
}

double drawn_p(std::span<const double> differences, double bound, std::uint64_t seed, int draws) {
  RandomSequence random(seed, 1);
  int as_far = 1;
  for (int draw = 0; draw < draws; ++draw) {
    double sum = 0;
    for (std::size_t first = 0; first < differences.size(); first += 32) {
      sum += signed_sum(differences.subspan(first, std::min<std::size_t>(32, differences.size() - first)),
                        random.word());
    }
    as_far += std::abs(sum) >= bound ? 1 : 0;
  }
  return static_cast<double>(as_far) / (draws + 1);
}

}  // namespace

double sign_flip_p(std::span<const double> differences, std::uint64_t seed, int draws) {
  if (differences.empty()) return 1;
  double sum = 0;
  double magnitude = 0;
  for (const double difference : differences) {
    sum += difference;
    magnitude += std::abs(difference);
  }
  // Sums that are mathematically equal but were rounded in a different order must count as equal.
  const double bound = std::abs(sum) - 1e-12 * magnitude;
  return differences.size() <= kMostEnumerated ? enumerated_p(differences, bound)
                                               : drawn_p(differences, bound, seed, draws);
}

}  // namespace gpu_sweep
