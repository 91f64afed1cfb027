#include "engine/statistics/methods/unpaired.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "engine/statistics/methods/convolution.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/multiples.h"

namespace gpu_sweep {
namespace {

/// Statistics whose relative difference is at most this count as equal, because mathematically equal
/// statistics may have been rounded in a different order.
constexpr double kSameStatistic = 1e-10;
/// If the values of each group are equal, the variance is 0, but rounding may make it up to this share of the
/// sum of all squares.
constexpr double kNoVariance = 1e-13;
/// A standard error of at most this share of the largest magnitude is a rounding error, and is set to zero.
constexpr double kNoError = 1e-13;
/// Statistics that differ by more than this share never count as equal, whatever the rounding.
constexpr double kMostRounding = 1e-3;
/// Limit on the number of additions in one convolution.
constexpr double kMostAdditions = 2e7;
/// A grid whose step is not UnpairedOptions::unit gets fewer steps if one convolution per pair of the family
/// would otherwise take more additions than this.
constexpr double kMostAdditionsOfAll = 4e9;
/// Limits on the number of steps of such a grid.
constexpr double kFewestSteps = 128;
constexpr double kMostSteps = 1024;
constexpr double kMostEnumeratedForEnds = 2'000;  // number of groupings; with more, the ends are less precise
constexpr std::size_t kMostConvolved = 500;       // the coefficient 1,000 over 500 is near the largest double

/// Returns the binomial coefficient n over k.
double groupings_of(double n, double k) {
  double ways = 1;
  for (double i = 1; i <= k; ++i) ways *= (n - k + i) / i;
  return ways;
}

/// Returns the approximate number of additions in a convolution of two samples of n values each, on a grid of
/// `steps` steps.
double additions_of(double n, double steps) { return 0.4 * n * n * n * steps; }

/// Welch's t squared, or a statistic that orders groupings in the same way. The pooled values have mean 0.
/// `sum` and `squares` are the sums of the values and of their squares in the first group.
class WelchSquared {
 public:
  WelchSquared(double n_a, double n_b, double all_squares)
      : equal_(n_a == n_b),
        of_sum_(1 / n_a + 1 / n_b),
        inverse_a_(1 / n_a),
        inverse_b_(1 / n_b),
        weight_a_(1 / (n_a * (n_a - 1))),
        weight_b_(1 / (n_b * (n_b - 1))),
        all_squares_(all_squares) {}

  double of(double sum, double squares) const {
    const double difference = sum * of_sum_;
    const double variance = variance_of(sum, squares);
    if (difference == 0) return 0;
    return variance > 0 ? difference * difference / variance : std::numeric_limits<double>::infinity();
  }

  /// Returns whether of(sum, squares) is at least `bound`, without a division.
  bool reaches(double bound, double sum, double squares) const {
    const double difference = sum * of_sum_;
    const double variance = variance_of(sum, squares);
    return variance > 0 ? difference * difference >= bound * variance : difference != 0 || bound <= 0;
  }

 private:
  /// Returns 0 if the variance is no larger than rounding errors. Returns 1 if the sizes are equal, because
  /// the difference of the means then orders groupings in the same way as t, with smaller rounding errors.
  double variance_of(double sum, double squares) const {
    if (equal_) return 1;
    const double square = sum * sum;
    const double variance = (squares - square * inverse_a_) * weight_a_ +
                            (all_squares_ - squares - square * inverse_b_) * weight_b_;
    return variance <= kNoVariance * all_squares_ ? 0 : variance;
  }

  bool equal_;
  double of_sum_;
  double inverse_a_;
  double inverse_b_;
  double weight_a_;
  double weight_b_;
  double all_squares_;
};

/// Returns whether all values are whole multiples of `unit` apart.
bool is_spacing(std::span<const double> a, std::span<const double> b, double unit) {
  std::vector<double> from_first;
  for (const auto& values : {a, b}) {
    for (const double value : values) from_first.push_back(value - a[0]);
  }
  return are_multiples(from_first, unit);
}

}  // namespace

int fewest_unpaired_runs(std::size_t pairs) {
  int runs = 2;
  while (2 * static_cast<double>(pairs) / groupings_of(2 * runs, runs) >= 1 - kConfidence) ++runs;
  return runs;
}

UnpairedTest::UnpairedTest(std::span<const double> a, std::span<const double> b,
                           const UnpairedOptions& options)
    : a_(a.begin(), a.end()), b_(b.begin(), b.end()), options_(options) {
  if (a.size() < 2 || b.size() < 2) throw std::invalid_argument("an unpaired test needs two values or more");
  const auto n_a = static_cast<double>(a.size());
  const auto n_b = static_cast<double>(b.size());
  const Moments of_a = moments(a);
  const Moments of_b = moments(b);
  difference_ = of_a.mean - of_b.mean;
  standard_error_ = std::sqrt(of_a.squares / (n_a * (n_a - 1)) + of_b.squares / (n_b * (n_b - 1)));
  double largest = 0;
  for (const auto& values : {a, b}) {
    for (const double value : values) largest = std::max(largest, std::abs(value));
  }
  if (standard_error_ <= kNoError * largest) standard_error_ = 0;
  const double center = (n_a * of_a.mean + n_b * of_b.mean) / (n_a + n_b);
  for (double& value : a_) value -= center;
  for (double& value : b_) value -= center;

  if (options.unit > 0 && !is_spacing(a, b, options.unit)) options_.unit = 0;
  const auto pairs = static_cast<double>(options.pairs);
  const double groupings = groupings_of(n_a + n_b, n_a);
  const bool convolvable =
      a.size() == b.size() && a.size() <= kMostConvolved && additions_of(n_a, kFewestSteps) <= kMostAdditions;
  const bool enumerated = groupings <= kMostGroupings;
  null_ = enumerated ? Null::kEnumerated : convolvable ? Null::kConvolved : Null::kDrawn;
  ends_convolved_ = convolvable && groupings > kMostEnumeratedForEnds;
  if (ends_convolved_) {
    const double additions = std::min(kMostAdditions, kMostAdditionsOfAll / pairs);
    steps_ = std::clamp(additions / additions_of(n_a, 1), kFewestSteps, kMostSteps);
  }
  if (null_ == Null::kEnumerated) enumerate();
  if (null_ == Null::kDrawn) draw(static_cast<int>(std::min(1e7, std::max<double>(kResamples, 40 * pairs))));
  p_ = null_ == Null::kConvolved ? p_by_convolution(0) : p_by_groupings(0);
  if (ends_convolved_) std::vector<Grouping>().swap(groupings_);
}

void UnpairedTest::enumerate() {
  const std::size_t n = a_.size() + b_.size();
  const auto value = [&](std::size_t i) { return i < a_.size() ? a_[i] : b_[i - a_.size()]; };
  groupings_.reserve(
      static_cast<std::size_t>(groupings_of(static_cast<double>(n), static_cast<double>(a_.size())) + 0.5));
  std::vector<std::size_t> chosen(a_.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  for (;;) {
    Grouping& each = groupings_.emplace_back();
    for (const std::size_t i : chosen) {
      each.sum += value(i);
      each.squares += value(i) * value(i);
      each.sum_b += i < a_.size() ? 0 : value(i);
      each.count_b += i < a_.size() ? 0 : 1;
    }
    std::size_t last = chosen.size();
    while (last > 0 && chosen[last - 1] == n - chosen.size() + last - 1) --last;
    if (last == 0) return;
    ++chosen[last - 1];
    for (std::size_t i = last; i < chosen.size(); ++i) chosen[i] = chosen[i - 1] + 1;
  }
}

void UnpairedTest::draw(int draws) {
  std::vector<double> pool(a_);
  pool.insert(pool.end(), b_.begin(), b_.end());
  std::vector<std::uint32_t> order(pool.size());
  std::iota(order.begin(), order.end(), 0u);
  RandomSequence random(options_.seed, 2);
  groupings_.resize(static_cast<std::size_t>(draws));
  for (Grouping& each : groupings_) {
    for (std::size_t i = 0; i < a_.size(); ++i) {
      std::swap(order[i], order[i + random.below(static_cast<std::uint32_t>(order.size() - i))]);
      const double value = pool[order[i]];
      each.sum += value;
      each.squares += value * value;
      each.sum_b += order[i] < a_.size() ? 0 : value;
      each.count_b += order[i] < a_.size() ? 0 : 1;
    }
  }
}

double UnpairedTest::p_at(double shift) const {
  return ends_convolved_ ? p_by_convolution(shift) : p_by_groupings(shift);
}

double UnpairedTest::p_by_groupings(double shift) const {
  // The pooled values are a and b + shift, from which their mean `center` is subtracted again.
  const auto n_a = static_cast<double>(a_.size());
  const auto n_b = static_cast<double>(b_.size());
  const double center = n_b * shift / (n_a + n_b);
  double sum_a = 0;
  double squares_a = 0;
  double all_squares = 0;
  for (const double value : a_) {
    sum_a += value - center;
    squares_a += (value - center) * (value - center);
  }
  all_squares = squares_a;
  for (const double value : b_) {
    all_squares += (value + shift - center) * (value + shift - center);
  }
  const WelchSquared statistic(n_a, n_b, all_squares);
  // Far from the observed difference, the rounding error of the spread within the groups grows with the
  // square of the shift.
  const double within = standard_error_ * standard_error_ * n_a * n_b;
  const double rounding = within > 0 ? std::min(kMostRounding, 1e-15 * all_squares / within) : 0;
  const double bound = statistic.of(sum_a, squares_a) * (1 - std::max(kSameStatistic, rounding));
  std::size_t as_far = null_ == Null::kDrawn ? 1 : 0;
  for (const Grouping& each : groupings_) {
    const double sum = each.sum + each.count_b * shift - n_a * center;
    const double squares = each.squares + 2 * shift * each.sum_b + each.count_b * shift * shift -
                           2 * center * (each.sum + each.count_b * shift) + n_a * center * center;
    as_far += statistic.reaches(bound, sum, squares) ? 1 : 0;
  }
  return static_cast<double>(as_far) /
         static_cast<double>(groupings_.size() + (null_ == Null::kDrawn ? 1 : 0));
}

double UnpairedTest::p_by_convolution(double shift) const {
  std::vector<double> pool(a_);
  for (const double value : b_) pool.push_back(value + shift);
  const auto [least, greatest] = std::minmax_element(pool.begin(), pool.end());
  const double range = *greatest - *least;
  if (range == 0) return 1;
  const double lowest = *least;
  const bool exact = shift == 0 && options_.unit > 0 &&
                     additions_of(static_cast<double>(a_.size()), range / options_.unit) <= kMostAdditions;
  const double step = exact ? options_.unit : range / steps_;
  std::vector<int> counts;
  counts.reserve(pool.size());
  for (const double value : pool) counts.push_back(static_cast<int>(std::lround((value - lowest) / step)));
  return halves_p(counts);
}

double UnpairedTest::end(double alpha, double direction) const {
  // `accepted` lies between the difference and the end, and `rejected` lies beyond the end. If zero lies on
  // this side of the difference, the search starts with zero as `accepted` or `rejected`, so that the end
  // agrees exactly with p().
  double accepted = difference_;
  const double to_zero = -difference_ * direction;  // > 0: zero is on this side
  double rejected = 0;
  const bool zero_rejected = p_ < alpha;
  if (to_zero > 0 && zero_rejected) {
    rejected = 0;
  } else {
    if (to_zero > 0) accepted = 0;
    double reach = 2 * standard_error_;
    for (;; reach *= 2) {
      rejected = accepted + direction * reach;
      if (p_at(rejected) < alpha) break;
      if (reach > 1e3 * standard_error_) return direction * std::numeric_limits<double>::infinity();
      accepted = rejected;
    }
  }
  const bool many = static_cast<double>(groupings_.size()) > kMostEnumeratedForEnds;
  const double precision = (ends_convolved_ ? 1e-3 : many ? 1e-4 : 1e-7) * standard_error_;
  while (std::abs(rejected - accepted) > precision) {
    const double middle = (rejected + accepted) / 2;
    if (middle == rejected || middle == accepted) break;
    (p_at(middle) < alpha ? rejected : accepted) = middle;
  }
  return accepted;
}

double UnpairedTest::least_p() const {
  if (null_ == Null::kDrawn) return 1 / static_cast<double>(groupings_.size() + 1);
  const auto n_a = static_cast<double>(a_.size());
  const auto n_b = static_cast<double>(b_.size());
  return (n_a == n_b ? 2 : 1) / groupings_of(n_a + n_b, n_a);
}

Interval UnpairedTest::interval(double alpha) const {
  const double infinite = std::numeric_limits<double>::infinity();
  if (least_p() >= alpha) return {-infinite, infinite};
  if (standard_error_ == 0) {
    const bool told = p_ < alpha;
    return {told ? difference_ : std::min(difference_, 0.0), told ? difference_ : std::max(difference_, 0.0)};
  }
  return {end(alpha, -1), end(alpha, 1)};
}

}  // namespace gpu_sweep
