#include "engine/statistics/methods/sign_flip.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/multiples.h"

namespace gpu_sweep {
namespace {

using Steps = std::vector<std::int64_t>;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::int64_t total(const Steps& steps) {
  return std::accumulate(steps.begin(), steps.end(), std::int64_t{0});
}

/// Returns the sum of the distances from the median.
template <typename Number>
Number total_deviation(std::vector<Number> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const Number median = *middle;
  Number sum = 0;
  for (const Number value : values) sum += value < median ? median - value : value - median;
  return sum;
}

/// Returns P(sum of a random subset of the magnitudes <= bound), where the subset contains each magnitude
/// with probability 1/2. Computes only the part of the distribution up to `bound`.
double lower_tail(Steps magnitudes, std::int64_t bound) {
  std::erase(magnitudes, 0);
  std::sort(magnitudes.begin(), magnitudes.end());
  const auto size = static_cast<std::size_t>(bound) + 1;
  std::vector<double> before(size, 0.0);
  std::vector<double> after(size, 0.0);
  before[0] = 1;
  std::size_t filled = 1;
  double weight = 1;  // probability that no magnitude above the bound is taken
  for (const std::int64_t magnitude : magnitudes) {
    const auto shift = static_cast<std::size_t>(magnitude);
    if (shift >= size) {
      weight /= 2;
      continue;
    }
    const std::size_t reach = std::min(size, filled + shift);
    const double* const from = before.data();
    double* const to = after.data();
    const std::size_t kept = std::min(filled, shift);
    for (std::size_t sum = 0; sum < kept; ++sum) to[sum] = 0.5 * from[sum];
    for (std::size_t sum = kept; sum < shift; ++sum) to[sum] = 0;
    for (std::size_t sum = shift; sum < reach; ++sum) to[sum] = 0.5 * (from[sum] + from[sum - shift]);
    before.swap(after);
    filled = reach;
  }
  return weight * std::accumulate(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(filled), 0.0);
}

/// Returns the sums of all 2^n subsets of the steps. Bit i of the index says whether step i is taken.
Steps subset_sums(const Steps& steps) {
  Steps sums = {0};
  for (const std::int64_t step : steps) {
    const std::size_t half = sums.size();
    sums.resize(2 * half);
    for (std::size_t i = 0; i < half; ++i) sums[half + i] = sums[i] + step;
  }
  return sums;
}

double enumerated_p(const Steps& steps) {
  const std::int64_t sum = total(steps);
  const Steps sums = subset_sums(steps);
  const auto as_far = std::count_if(sums.begin(), sums.end(), [&](std::int64_t flipped) {
    return std::abs(sum - 2 * flipped) >= std::abs(sum);
  });
  return static_cast<double>(as_far) / static_cast<double>(sums.size());
}

double p_of(const Steps& steps) {
  if (steps.size() <= kMostEnumerated) return enumerated_p(steps);
  Steps magnitudes;
  std::int64_t positive = 0;
  std::int64_t negative = 0;
  for (const std::int64_t step : steps) {
    (step > 0 ? positive : negative) += std::abs(step);
    magnitudes.push_back(std::abs(step));
  }
  // The sum of a sign pattern is at least as far from 0, on the observed side, as the observed sum if the
  // magnitudes with the opposite sign sum to no more than they do in the observed pattern. The other side is
  // the mirror image, which gives the factor 2.
  return positive == negative ? 1 : 2 * lower_tail(std::move(magnitudes), std::min(positive, negative));
}

/// Returns the lower end by enumeration. For a shift below the mean, a sign pattern is at least as extreme as
/// the observed one, on the same side, if and only if it flips nothing, or a subset of the differences whose
/// mean is at or below the shift. A shift is therefore rejected as long as fewer than `needed` subsets have
/// such a mean.
double enumerated_lower_end(const Steps& steps, double level) {
  const double patterns = std::exp2(static_cast<double>(steps.size()));
  const auto needed = static_cast<std::ptrdiff_t>(std::ceil(level * patterns / 2)) - 1;
  const Steps sums = subset_sums(steps);
  std::vector<double> means(sums.size() - 1);
  for (std::size_t i = 1; i < sums.size(); ++i) {
    means[i - 1] = static_cast<double>(sums[i]) / static_cast<double>(__builtin_popcountll(i));
  }
  const double mean = means.back();  // the mean itself is never rejected
  const auto end = means.begin() + (needed - 1);
  std::nth_element(means.begin(), end, means.end());
  return std::min(*end, mean);
}

/// Returns the number of points of the grid of shifts per WholeDifferences::unit. It is large enough that
/// neighboring points are at most 1/48 of the mean distance from the median apart, unless it would have to be
/// above 4096.
std::int64_t fineness(const Steps& steps) {
  const auto deviation = static_cast<double>(total_deviation(steps));
  if (deviation == 0) return 1;
  const auto n = static_cast<double>(steps.size());
  return std::clamp<std::int64_t>(std::llround(std::ceil(48 * n / deviation)), 1, 4096);
}

/// The search for the lower end of the interval on a grid of shifts with `fine_` points per
/// WholeDifferences::unit.
class LowerEnd {
 public:
  LowerEnd(const Steps& steps, double level) : level_(level), z_level_(z_of(level)), steps_(steps) {
    const auto n = static_cast<double>(steps.size());
    constant_ = total_deviation(steps) == 0;
    fine_ = fineness(steps);
    for (std::int64_t& step : steps_) step *= fine_;
    mean_ = static_cast<double>(total(steps_)) / n;
  }

  /// Returns the lower end as a multiple of WholeDifferences::unit.
  double find() const {
    if (constant_) return mean_;
    std::int64_t rejected = *std::min_element(steps_.begin(), steps_.end()) - 1;
    std::int64_t kept =
        static_cast<std::int64_t>(std::floor(mean_)) + 1;  // the mean itself is never rejected
    double z_rejected = z_of(least_sign_flip_p(static_cast<int>(steps_.size())));
    double z_kept = 0;
    double guess = mean_ - first_distance();
    for (int turn = 0; kept - rejected > 1; ++turn) {
      if (turn >= 8) guess = 0.5 * static_cast<double>(rejected + kept);
      const double held =
          std::clamp(std::floor(guess), static_cast<double>(rejected + 1), static_cast<double>(kept - 1));
      const auto shift = static_cast<std::int64_t>(held);
      const double p = p_at(shift);
      const double z = z_of(p);
      if (p < level_) {
        rejected = shift;
        z_rejected = z;
      } else {
        kept = shift;
        z_kept = z;
      }
      // The distance from the mean is nearly proportional to the normal quantile of p.
      guess = z > 0 ? mean_ - (mean_ - held) * z_level_ / z : 0.5 * static_cast<double>(rejected + kept);
      // If the end is predicted to be next to the shift that was just tested, test the neighboring shift on
      // that side.
      if (shift == rejected && std::floor(guess) <= held) guess = held + 1;
      if (shift == kept && std::floor(guess) >= held) guess = held - 1;
    }
    // The end lies between the two shifts. It may equal the shift that was kept, but never the rejected one.
    const double part = z_rejected > z_kept ? (z_rejected - z_level_) / (z_rejected - z_kept) : 1;
    const double end = static_cast<double>(rejected) + std::clamp(part, 1e-3, 1.0);
    return std::min(end, mean_) / static_cast<double>(fine_);
  }

 private:
  static double z_of(double p) { return -normal_quantile(std::min(p, 1.0) / 2); }

  double p_at(std::int64_t shift) const {
    Steps shifted = steps_;
    for (std::int64_t& step : shifted) step -= shift;
    return p_of(shifted);
  }

  /// Returns the distance of the end from the mean in the normal approximation, or infinity with too few
  /// differences for it. It takes into account that shifting the differences raises the variance of the sum
  /// with random signs.
  double first_distance() const {
    const auto n = static_cast<double>(steps_.size());
    double squares = 0;
    for (const std::int64_t step : steps_) squares += std::pow(static_cast<double>(step) - mean_, 2);
    const double room = n - z_level_ * z_level_;
    return room > 0.5 ? z_level_ * std::sqrt(squares / n / room) : kInfinite;
  }

  double level_;
  double z_level_;
  Steps steps_;
  bool constant_ = false;
  std::int64_t fine_ = 1;
  double mean_ = 0;
};

double lower_end(const Steps& steps, double level) {
  return steps.size() <= kMostEnumerated ? enumerated_lower_end(steps, level) : LowerEnd(steps, level).find();
}

}  // namespace

double WholeDifferences::mean() const {
  return unit * static_cast<double>(total(steps)) / static_cast<double>(steps.size());
}

WholeDifferences whole_differences(std::span<const double> differences, double unit) {
  if (!(unit > 0) || !are_multiples(differences, unit)) {
    double largest = 0;
    for (const double value : differences) largest = std::max(largest, std::abs(value));
    const double deviation =
        differences.empty() ? 0
                            : total_deviation(std::vector<double>(differences.begin(), differences.end())) /
                                  static_cast<double>(differences.size());
    unit = largest * std::exp2(-40);  // finer steps would only resolve rounding errors
    if (differences.size() > kMostEnumerated) unit = std::max(unit, deviation / 512);
    if (!(unit > 0)) unit = 1;
  }
  WholeDifferences result;
  result.unit = unit;
  for (const double value : differences) result.steps.push_back(std::llround(value / unit));
  return result;
}

double sign_flip_p(const WholeDifferences& differences) {
  return differences.steps.empty() ? 1 : p_of(differences.steps);
}

double sign_flip_p(const WholeDifferences& differences, double shift) {
  if (differences.steps.empty()) return 1;
  constexpr double kWhole = 1e-6;
  const double steps = shift / differences.unit;
  const bool enumerated = differences.steps.size() <= kMostEnumerated;
  const std::int64_t finest = enumerated ? 4096 : std::max<std::int64_t>(8, fineness(differences.steps));
  std::int64_t fine = 1;
  const auto off = [&] {
    return std::abs(steps * static_cast<double>(fine) - std::round(steps * static_cast<double>(fine)));
  };
  while (fine < finest && off() > kWhole) ++fine;
  const double whole = steps * static_cast<double>(fine);
  const auto moved = static_cast<std::int64_t>(off() <= kWhole ? std::round(whole) : std::trunc(whole));
  Steps shifted = differences.steps;
  for (std::int64_t& step : shifted) step = step * fine - moved;
  return p_of(shifted);
}

double least_sign_flip_p(int n) { return n == 0 ? 1 : std::exp2(1 - n); }

Interval sign_flip_interval(const WholeDifferences& differences, double level) {
  if (least_sign_flip_p(static_cast<int>(differences.steps.size())) >= level) return {-kInfinite, kInfinite};
  Steps mirrored = differences.steps;
  for (std::int64_t& step : mirrored) step = -step;
  return {differences.unit * lower_end(differences.steps, level),
          -differences.unit * lower_end(mirrored, level)};
}

}  // namespace gpu_sweep
