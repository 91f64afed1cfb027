// The state of a run after a completed epoch. Training that continues from it gives the same results as
// training that was never stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// The state of one run between two epochs. Vectors of parameters [P] are padded as on the device. Dropout
/// masks and sample orders are not part of the state, because they are computed from the seed, the step and
/// the epoch.
struct Snapshot {
  std::string key;                            ///< RunSpec::key
  std::vector<EpochMetrics> history;          ///< [epochs done + 1]
  std::vector<double> objective;              ///< [epochs done + 1], or empty: RunRecord::objective
  std::uint32_t step = 0;                     ///< optimizer steps so far
  double beta1_power = 0;                     ///< beta1^t of the next step t
  double beta2_power = 0;                     ///< beta2^t
  float step_size = 0;                        ///< factor of the next update
  std::optional<double> learning_rate;        ///< of the next step; absent without a schedule
  std::vector<float> weights;                 ///< [P]
  std::vector<float> best_weights;            ///< [P] of the best epoch; empty if not needed or not yet known
  std::vector<std::vector<float>> optimizer;  ///< [1 or 2, P]: its moments
  double train_seconds = 0;                   ///< up to now; not part of the run's identity

  int epochs_done() const { return static_cast<int>(history.size()) - 1; }
};

/// When snapshots are taken: after this many epochs or this many seconds, whichever comes first. 0 means
/// never.
struct SnapshotInterval {
  int epochs = 0;
  double seconds = 0;

  bool never() const { return epochs <= 0 && seconds <= 0; }
};

/// How unfinished runs survive a stop of the sweep. With the defaults they are lost.
struct SnapshotEvents {
  SnapshotInterval interval;
  std::function<void(const std::vector<Snapshot>& group)> keep;  ///< called after each interval and at a stop
  /// The interval, in seconds, at which a group copies its state to host memory. If the sweep is stopped in
  /// the middle of an epoch, this copy is what can be kept. The first copy is made after the first epoch. A
  /// group that is expected to train for less than the interval makes no copy, and its work is lost in such a
  /// stop. 0 means never. The memory for the copy is allocated together with the group and counts towards the
  /// memory that the group needs.
  double standby_seconds = 20;
  std::function<Snapshot(const RunSpec& run)> load;     ///< called for runs of groups with `epochs_done` > 0
  std::function<void(const RunRecord& run)> drop = {};  ///< called for a run that is finished and kept
};

}  // namespace gpu_sweep
