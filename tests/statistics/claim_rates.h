// Counts how often simulated studies make a claim.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns the number of studies to simulate. For up to 5 models, it is 400 or the number in the environment
/// variable GPU_SWEEP_CLAIMS. For more models, it is a part of this number, but at least 100 for up to 20
/// models and at least 20 for more.
inline int studies(int models) {
  const char* const asked = std::getenv("GPU_SWEEP_CLAIMS");
  const int all = asked == nullptr ? 400 : std::atoi(asked);
  return models <= 5 ? all : models <= 20 ? std::max(all / 4, 100) : std::max(all / 20, 20);
}

struct Rate {
  double share = 0;
  /// Monte-Carlo error: sqrt(p (1 - p) / studies), where p is the share or 0.05, whichever is greater.
  double error = 0;
};

/// Prints and returns the share of studies that made the claim: `found` out of `all`.
inline Rate rate_of(const std::string& what, int found, int all) {
  const double share = static_cast<double>(found) / all;
  const double spread = std::max(share, 0.05);
  const Rate rate{share, std::sqrt(spread * (1 - spread) / all)};
  std::printf("%-60s %.4f ± %.4f (%d studies)\n", what.c_str(), share, rate.error, all);
  return rate;
}

inline std::vector<std::string> names_of_models(int models) {
  std::vector<std::string> names;
  for (int i = 0; i < models; ++i) names.push_back("m" + std::to_string(i));
  return names;
}

}  // namespace gpu_sweep
