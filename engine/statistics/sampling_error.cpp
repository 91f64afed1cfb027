#include "engine/statistics/sampling_error.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "engine/statistics/methods/moments.h"
#include "engine/statistics/predictions.h"

namespace gpu_sweep {
namespace {

double standard_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  if (values.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  return std::sqrt(moments(values).squares / (n - 1) / n);
}

}  // namespace

double binomial_standard_error(double accuracy, double images) {
  return std::sqrt(accuracy * (1 - accuracy) / images);
}

int images_of(const ModelRuns& model, Split split) {
  if (model.runs.empty()) return 0;
  const auto& counts = model.runs.front()->confusion_of(split).counts;
  return static_cast<int>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

double test_standard_error(const ModelRuns& model, std::span<const std::uint8_t> labels) {
  return standard_error(share_of_runs_right(model, labels));
}

}  // namespace gpu_sweep
