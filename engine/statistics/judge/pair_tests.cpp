#include "engine/statistics/judge/pair_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/multiples.h"
#include "engine/statistics/methods/sign_flip.h"
#include "engine/statistics/methods/unpaired.h"

namespace gpu_sweep {

double decimal_unit(std::span<const double> values) {
  double scale = 1;
  for (int k = 0; k <= 6; ++k, scale *= 10) {
    // The tolerance is relative, because small scores such as losses of 1e-7 are not multiples of 1e-6.
    const auto is_multiple = [scale](double value) {
      const double steps = value * scale;
      return std::abs(steps) < 1e9 && std::abs(steps - std::round(steps)) <= 1e-12 * std::abs(steps);
    };
    if (std::ranges::all_of(values, is_multiple)) return 1 / scale;
  }
  return 0;
}

double step_of_scores(std::span<const double> scores, double answers) {
  return answers > 0 && are_multiples(scores, 1 / answers) ? 1 / answers : decimal_unit(scores);
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
  const WholeDifferences whole = whole_differences(differences, unit);
  test.p = sign_flip_p(whole);
  test.interval = [whole](double level) { return sign_flip_interval(whole, level); };
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
  if (made.keeps_groupings()) {
    // The groupings of many pairs do not fit into memory together, so each interval repeats the test.
    test.interval = [of_a = std::vector<double>(a.begin(), a.end()),
                     of_b = std::vector<double>(b.begin(), b.end()),
                     options](double level) { return UnpairedTest(of_a, of_b, options).interval(level); };
  } else {
    test.interval = [made](double level) { return made.interval(level); };
  }
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
  return test;
}

}  // namespace gpu_sweep
