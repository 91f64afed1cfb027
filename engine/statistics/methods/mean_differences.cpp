#include "engine/statistics/methods/mean_differences.h"

#include <algorithm>

#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/sign_flip.h"

namespace gpu_sweep {

std::vector<MeanDifference> judge_mean_differences(std::span<const PairedSample> pairs, std::size_t family) {
  family = std::max(family, pairs.size());
  std::vector<WholeDifferences> whole;
  std::vector<double> p;
  for (const PairedSample& pair : pairs) {
    whole.push_back(whole_differences(pair.differences, pair.unit));
    p.push_back(sign_flip_p(whole.back()));
  }
  const std::vector<double> adjusted = holm_adjusted(p, family);
  const std::vector<HolmStep> steps = holm_steps(p, 1 - kConfidence, family);
  const double bonferroni = (1 - kConfidence) / static_cast<double>(family);
  std::vector<MeanDifference> result;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    MeanDifference& each = result.emplace_back();
    each.n = static_cast<int>(pairs[i].differences.size());
    each.mean = whole[i].mean();
    each.p = p[i];
    each.p_holm = adjusted[i];
    each.told = steps[i].rejected;
    each.interval = sign_flip_interval(whole[i], steps[i].level);
    each.simultaneous =
        steps[i].level == bonferroni ? each.interval : sign_flip_interval(whole[i], bonferroni);
  }
  return result;
}

int fewest_runs(std::size_t pairs) {
  int runs = 1;
  while (static_cast<double>(pairs) * least_sign_flip_p(runs) >= 1 - kConfidence) ++runs;
  return runs;
}

}  // namespace gpu_sweep
