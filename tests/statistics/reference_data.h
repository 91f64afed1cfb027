// Reference values computed with SciPy and statsmodels (reference.py).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace gpu_sweep {

/// Returns the cases in one part of the reference file. Expects at least one case.
inline nlohmann::json reference(const char* part) {
  std::ifstream file(GPU_SWEEP_STATISTICS_REFERENCE);
  nlohmann::json cases = nlohmann::json::parse(file).at(part);
  EXPECT_FALSE(cases.empty()) << part;
  return cases;
}

inline std::vector<double> numbers(const nlohmann::json& array) { return array.get<std::vector<double>>(); }

/// Expects `value` to equal `expected`, a number of the reference file, up to 1e-9 of the magnitude of
/// `expected`, or of 0.001 if that is greater.
#define EXPECT_AS_SCIPY(value, expected) \
  EXPECT_NEAR((value), (expected).get<double>(), 1e-9 * std::max(1e-3, std::abs((expected).get<double>())))

}  // namespace gpu_sweep
