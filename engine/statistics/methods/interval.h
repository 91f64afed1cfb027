// A range of plausible values.
#pragma once

namespace gpu_sweep {

/// Level of every confidence interval in the project. Every decision is made at 1 - kConfidence.
constexpr double kConfidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace gpu_sweep
