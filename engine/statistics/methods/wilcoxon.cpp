#include "engine/statistics/methods/wilcoxon.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/statistics/methods/distributions.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kMostExact = 50;

struct RankSums {
  double positive = 0;
  double negative = 0;
  double zeros = 0;           // number of differences that are zero
  double tie_correction = 0;  // sum of t^3 - t over groups of equal nonzero magnitudes
  std::vector<int> doubled;   // twice the rank of each nonzero difference, since mid-ranks may be halves
};

/// Magnitudes that differ by at most this share of the largest one count as equal. Differences of accuracies
/// lie on a grid, and two differences at the same point of the grid may have been rounded differently.
constexpr double kRounding = 1e-12;

/// Ranks the magnitudes from 1, with mid-ranks for ties.
RankSums rank_sums(std::span<const double> differences) {
  std::vector<double> ascending(differences.begin(), differences.end());
  std::sort(ascending.begin(), ascending.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  const double same = ascending.empty() ? 0 : kRounding * std::abs(ascending.back());
  for (double& difference : ascending) {
    if (std::abs(difference) <= same) difference = 0;
  }
  RankSums sums;
  for (std::size_t first = 0; first < ascending.size();) {
    std::size_t last = first;
    while (last < ascending.size() && std::abs(ascending[last]) - std::abs(ascending[first]) <= same) ++last;
    const auto count = static_cast<double>(last - first);
    const double rank = (static_cast<double>(first + 1) + static_cast<double>(last)) / 2;
    if (ascending[first] == 0) {
      sums.zeros = count;
    } else {
      sums.tie_correction += count * (count * count - 1);
    }
    for (std::size_t i = first; i < last; ++i) {
      if (ascending[i] == 0) continue;
      (ascending[i] > 0 ? sums.positive : sums.negative) += rank;
      sums.doubled.push_back(static_cast<int>(2 * rank));
    }
    first = last;
  }
  return sums;
}

/// Returns P(sum of the positive ranks <= bound) under random signs, by counting subsets of `ranks`. The
/// counts are exact, since there are at most 2^kMostExact subsets.
double lower_tail(const std::vector<int>& ranks, int bound) {
  int reached = 0;
  std::vector<double> subsets(static_cast<std::size_t>(std::accumulate(ranks.begin(), ranks.end(), 1)));
  subsets[0] = 1;
  for (const int rank : ranks) {
    reached += rank;
    for (int sum = reached; sum >= rank; --sum) {
      subsets[static_cast<std::size_t>(sum)] += subsets[static_cast<std::size_t>(sum - rank)];
    }
  }
  return std::accumulate(subsets.begin(), subsets.begin() + bound + 1, 0.0) *
         std::exp2(-static_cast<double>(ranks.size()));
}

double normal_p(const RankSums& sums, double n, double statistic) {
  const double z = sums.zeros;
  const double mean = (n * (n + 1) - z * (z + 1)) / 4;
  const double variance =
      (n * (n + 1) * (2 * n + 1) - z * (z + 1) * (2 * z + 1) - sums.tie_correction / 2) / 24;
  return std::min(1.0, 2 * normal_cdf((statistic - mean) / std::sqrt(variance)));
}

}  // namespace

WilcoxonResult wilcoxon_signed_rank(std::span<const double> differences) {
  const RankSums sums = rank_sums(differences);
  const auto n = static_cast<double>(differences.size());
  WilcoxonResult result;
  result.statistic = std::min(sums.positive, sums.negative);
  if (sums.zeros == n) return result;
  result.side = (sums.positive > sums.negative ? 1 : 0) - (sums.positive < sums.negative ? 1 : 0);
  result.exact = differences.size() <= kMostExact;
  result.p = result.exact
                 ? std::min(1.0, 2 * lower_tail(sums.doubled, static_cast<int>(2 * result.statistic)))
                 : normal_p(sums, n, result.statistic);
  return result;
}

}  // namespace gpu_sweep
