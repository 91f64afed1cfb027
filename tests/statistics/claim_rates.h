// Counts how often simulated studies make a claim.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns the number of studies to simulate: 400, or as many as GPU_SWEEP_CLAIMS says, and fewer of many
/// models.
inline int studies(int models) {
  const char* const asked = std::getenv("GPU_SWEEP_CLAIMS");
  const int all = asked == nullptr ? 400 : std::atoi(asked);
  return models <= 5 ? all : models <= 20 ? std::max(all / 4, 100) : std::max(all / 20, 20);
}

struct Rate {
  double share = 0;
  double error = 0;  ///< of the simulation: sqrt(p (1 - p) / studies), at p = 0.05 at least
};

/// Prints and returns the share of `found` in `all` studies.
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
