// A range of plausible values.
#pragma once

namespace gpu_sweep {

/// The confidence of every interval, before a correction for several tests changes it. Every family of
/// decisions has an error rate of at most 1 - kConfidence.
constexpr double kConfidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace gpu_sweep
