// A range of plausible values.
#pragma once

namespace gpu_sweep {

/// The confidence of an interval if nothing is corrected for several tests, except for intervals of
/// equivalence, which have 90 %. A family of decisions has an error rate of at most 1 - kConfidence.
constexpr double kConfidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace gpu_sweep
