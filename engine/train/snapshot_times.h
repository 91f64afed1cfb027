// When a group takes snapshots of its runs.
#pragma once

#include <chrono>

#include "gpu_sweep/snapshot.h"

namespace gpu_sweep {

class SnapshotTimes {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The first interval begins at `now`, after `epoch` completed epochs.
  SnapshotTimes(const SnapshotInterval& interval, int epoch, Time now)
      : interval_(interval), epoch_(epoch), time_(now) {}

  /// Returns true at most once per interval.
  bool due(int epoch, Time now);

 private:
  SnapshotInterval interval_;
  int epoch_;
  Time time_;
};

/// Decides when a group copies its state to host memory (SnapshotEvents::standby_seconds), so that a stop in
/// the middle of an epoch loses little.
class StandbyTimes {
 public:
  /// The group trains from `first` to `last` completed epochs; `seconds` is the time at `first`.
  StandbyTimes(double interval, int first, int last, double seconds)
      : interval_(interval), first_(first), last_(last), begun_(seconds) {}

  /// Returns true at most once per interval. Until it has returned true once, it returns false while all the
  /// training, from `first` to `last`, is expected to take less than an interval.
  bool due(int epoch, double seconds);

 private:
  const double interval_;
  const int first_;
  const int last_;
  const double begun_;
  bool any_ = false;
  double copied_ = 0;  // time of the last copy, if there is one
};

}  // namespace gpu_sweep
