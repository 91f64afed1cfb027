#include "engine/statistics/methods/equal_variances.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/statistics/methods/distributions.h"

namespace gpu_sweep {

double pitman_morgan_p(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 3) throw std::invalid_argument("needs three pairs or more");
  const auto n = static_cast<double>(a.size());
  double mean_sum = 0;
  double mean_difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean_sum += (a[i] + b[i]) / n;
    mean_difference += (a[i] - b[i]) / n;
  }
  double sums = 0;
  double differences = 0;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double s = a[i] + b[i] - mean_sum;
    const double d = a[i] - b[i] - mean_difference;
    sums += s * s;
    differences += d * d;
    products += s * d;
  }
  if (sums == 0 || differences == 0) return 1;
  const double r = std::clamp(products / std::sqrt(sums * differences), -1.0, 1.0);
  return student_t_two_sided(r * std::sqrt((n - 2) / ((1 - r) * (1 + r))), n - 2);
}

}  // namespace gpu_sweep
