#include "engine/train/snapshot_times.h"

namespace gpu_sweep {

bool SnapshotTimes::due(int epoch, Time now) {
  const double seconds = std::chrono::duration<double>(now - time_).count();
  const bool due = (interval_.epochs > 0 && epoch - epoch_ >= interval_.epochs) ||
                   (interval_.seconds > 0 && seconds >= interval_.seconds);
  if (due) {
    epoch_ = epoch;
    time_ = now;
  }
  return due;
}

bool StandbyTimes::due(int epoch, double seconds) {
  if (interval_ <= 0 || epoch == last_) return false;
  const double expected = (seconds - begun_) / (epoch - first_) * (last_ - first_);
  const bool due = any_ ? seconds - copied_ >= interval_ : expected >= interval_;
  if (due) {
    any_ = true;
    copied_ = seconds;
  }
  return due;
}

}  // namespace gpu_sweep
