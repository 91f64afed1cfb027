#include "engine/statistics/methods/pair_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "engine/statistics/methods/anytime.h"
#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/multiples.h"
#include "engine/statistics/methods/sign_flip.h"
#include "engine/statistics/methods/unpaired.h"

namespace gpu_sweep {
namespace {

constexpr Interval kAnything = {-std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::infinity()};

/// Returns p / 2 if `difference` lies on the side of 0 that `side` names by its sign, and otherwise 1, an
/// upper bound of the one-sided p. `p` is the two-sided p.
double one_sided(double p, double difference, double side) { return difference * side > 0 ? p / 2 : 1; }

/// Returns PairTest::equivalence_p. `p_of_shift(shift)` is the two-sided p of the hypothesis that the true
/// difference is `shift`.
template <typename TwoSidedP>
double equivalence_p_of(double difference, double limit, const TwoSidedP& p_of_shift) {
  const double below = one_sided(p_of_shift(limit), difference - limit, -1);
  return std::max(below, one_sided(p_of_shift(-limit), difference + limit, 1));
}

bool has_interval(std::span<const PairTest> tests, const FamilyOptions& options, std::size_t pair) {
  return tests[pair].interval && (!options.with_interval || options.with_interval(pair));
}

/// Moves the ends of the interval to the side of the limit that agrees with the decision `same`. An end may
/// lie on the wrong side because it is precise only to the step of a grid.
Interval agreeing(Interval interval, double limit, bool same) {
  const double inside = std::nextafter(limit, 0.0);
  if (same) return {std::max(interval.low, -inside), std::min(interval.high, inside)};
  if (interval.low <= -limit || interval.high >= limit) return interval;
  (limit + interval.low < limit - interval.high ? interval.low : interval.high) =
      limit + interval.low < limit - interval.high ? -limit : limit;
  return interval;
}

void decide_equivalences(std::span<const PairTest> tests, const FamilyOptions& options,
                         std::vector<PairDecision>& decisions) {
  std::vector<double> p;
  for (const PairTest& test : tests) {
    p.push_back(test.equivalence_p ? test.equivalence_p(*options.limit) : 1);
  }
  const std::vector<double> adjusted = holm_adjusted(p, options.family);
  const std::vector<HolmStep> steps = holm_steps(p, 1 - kConfidence, options.family);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    Equivalence& each = decisions[i].equivalence.emplace();
    each.p = p[i];
    each.p_holm = adjusted[i];
    each.same = steps[i].rejected;
    each.interval = has_interval(tests, options, i)
                        ? agreeing(tests[i].interval(2 * steps[i].level), *options.limit, each.same)
                        : kAnything;
  }
}

}  // namespace

double decimal_unit(std::span<const double> values) {
  double scale = 1;
  for (int k = 0; k <= 6; ++k, scale *= 10) {
    // The tolerance is relative. With an absolute one, small scores such as losses of 1e-7 would count as
    // multiples of 1e-6.
    const auto is_multiple = [scale](double value) {
      const double steps = value * scale;
      return std::abs(steps) < 1e9 && std::abs(steps - std::round(steps)) <= 1e-12 * std::abs(steps);
    };
    if (std::ranges::all_of(values, is_multiple)) return 1 / scale;
  }
  return 0;
}

namespace {

/// Returns 1 / n for the smallest n > 1 such that all scores are multiples of 1 / n, or 0 if there is no n up
/// to a million. Two or more scores that are not shares hardly ever pass as such multiples.
double unit_of_shares(std::span<const double> scores) {
  constexpr int kMost = 1'000'000;
  for (int n = 2; n <= kMost; ++n) {
    const auto is_multiple = [n](double score) {
      const double steps = score * n;
      return std::abs(steps - std::round(steps)) <= 1e-12 * std::abs(steps);
    };
    if (std::ranges::all_of(scores, is_multiple)) return 1.0 / n;
  }
  return 0;
}

}  // namespace

double step_of_scores(std::span<const double> scores, double answers) {
  if (answers > 0 && are_multiples(scores, 1 / answers)) return 1 / answers;
  const double decimal = decimal_unit(scores);
  return decimal > 0 ? decimal : unit_of_shares(scores);
}

double difference_of_means(double a, double b) {
  const bool same = std::abs(a - b) <= 1e-13 * std::max(std::abs(a), std::abs(b));
  return same ? 0 : a - b;
}

PairTest test_paired(std::span<const double> differences, double unit) {
  PairTest test;
  test.n_a = test.n_b = static_cast<int>(differences.size());
  test.difference = moments(differences).mean;
  if (differences.empty()) return test;
  const auto whole = std::make_shared<const WholeDifferences>(whole_differences(differences, unit));
  test.p = sign_flip_p(*whole);
  test.interval = [whole](double level) { return sign_flip_interval(*whole, level); };
  test.equivalence_p = [whole, mean = test.difference](double limit) {
    return equivalence_p_of(mean, limit, [&](double shift) { return sign_flip_p(*whole, shift); });
  };
  return test;
}

PairTest test_anytime(std::span<const double> differences, double unit) {
  PairTest test;
  test.n_a = test.n_b = static_cast<int>(differences.size());
  test.difference = moments(differences).mean;
  if (differences.empty()) return test;
  const auto all = std::make_shared<const std::vector<double>>(differences.begin(), differences.end());
  test.p = anytime_p(*all, unit);
  test.interval = [all, unit](double level) { return anytime_interval(*all, unit, level); };
  test.equivalence_p = [all, unit](double limit) { return anytime_equivalence_p(*all, unit, limit); };
  return test;
}

PairTest test_unpaired(std::span<const double> a, std::span<const double> b, double unit, std::size_t pairs) {
  PairTest test;
  test.n_a = static_cast<int>(a.size());
  test.n_b = static_cast<int>(b.size());
  test.difference = moments(a).mean - moments(b).mean;
  if (a.size() < 2 || b.size() < 2) return test;
  UnpairedOptions options;
  options.unit = unit;
  options.pairs = pairs;
  const UnpairedTest made(a, b, options);
  test.p = made.p();
  const auto of_a = std::make_shared<const std::vector<double>>(a.begin(), a.end());
  const auto of_b = std::make_shared<const std::vector<double>>(b.begin(), b.end());
  if (made.keeps_groupings()) {
    // The groupings of many pairs do not fit into memory together, so the test is repeated when an interval
    // is requested.
    test.interval = [of_a, of_b, options](double level) {
      return UnpairedTest(*of_a, *of_b, options).interval(level);
    };
  } else {
    test.interval = [made](double level) { return made.interval(level); };
  }
  test.equivalence_p = [of_a, of_b, options, difference = test.difference](double limit) {
    return equivalence_p_of(difference, limit, [&](double shift) {
      std::vector<double> shifted = *of_a;
      for (double& value : shifted) value -= shift;
      return UnpairedTest(shifted, *of_b, options).p();
    });
  };
  return test;
}

PairTest test_resampled(std::span<const double> differences, double test_to_train) {
  PairTest test;
  test.n_a = test.n_b = static_cast<int>(differences.size());
  test.difference = moments(differences).mean;
  if (differences.size() < 2) return test;
  const Estimate estimate = resampled_estimate(differences, test_to_train);
  test.p = estimate.p();
  test.interval = [estimate](double level) { return estimate.interval(level); };
  test.equivalence_p = [estimate](double limit) { return estimate.equivalence_p(limit); };
  return test;
}

std::vector<PairDecision> decide_pairs(std::span<const PairTest> tests, const FamilyOptions& options) {
  const std::size_t family = std::max(options.family, tests.size());
  std::vector<double> p;
  for (const PairTest& test : tests) p.push_back(test.p);
  const std::vector<double> adjusted = holm_adjusted(p, family);
  const std::vector<HolmStep> steps = holm_steps(p, 1 - kConfidence, family);
  const double bonferroni = (1 - kConfidence) / static_cast<double>(family);
  std::vector<PairDecision> decisions;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    PairDecision& each = decisions.emplace_back();
    each.p_holm = adjusted[i];
    each.told = steps[i].rejected;
    if (!has_interval(tests, options, i)) continue;
    each.interval = tests[i].interval(steps[i].level);
    each.simultaneous = steps[i].level == bonferroni ? each.interval : tests[i].interval(bonferroni);
  }
  if (options.limit) decide_equivalences(tests, options, decisions);
  return decisions;
}

int fewest_runs(std::size_t pairs) {
  int runs = 1;
  while (static_cast<double>(pairs) * least_sign_flip_p(runs) >= 1 - kConfidence) ++runs;
  return runs;
}

}  // namespace gpu_sweep
