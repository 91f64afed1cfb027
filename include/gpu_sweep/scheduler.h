// Trains groups of runs on all lanes in parallel.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/snapshot.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Callbacks of a sweep. They are called from several threads. Apart from `keep`, no two of them are called
/// at the same time. An exception thrown by a callback stops the sweep and is rethrown by `run_groups`.
struct SweepEvents {
  /// Called after each epoch of a group. Once half of a group has stopped early, `group` has only the runs
  /// that still train.
  std::function<void(const GroupSpec& group, int epochs_done)> on_epoch;
  /// Stores the runs of a group that have finished together: either all of them or none. Called for one group
  /// at a time, on a separate thread, so that the lanes keep training. At most two groups are being
  /// stored or wait for it; a lane that finishes a third one waits.
  std::function<void(const Trained& group)> keep;
  std::function<void(const RunRecord& run, const Weights& weights)> on_run;  ///< called after a run is kept
  SnapshotEvents snapshots;
  std::function<void(const std::string& line)> on_remark;  ///< called if a group does not fit in memory
  bool wants_weights = false;  ///< if false, weights stay on the device, and `keep` and `on_run` get none
};

struct SweepResult {
  int runs_done = 0;
};

/// Returns the next group to train, or nothing if no groups are left. Called from one thread of the sweep, at
/// most one group ahead of the lanes. The call may wait, but it must return once `ended` requests a stop. A
/// stop is requested if the sweep is being stopped or if a lane has failed.
using GroupSource = std::function<std::optional<GroupSpec>(const std::stop_token& ended)>;

/// How a sweep trains its groups.
struct SweepOptions {
  int lanes = 1;  ///< per device; each lane trains one group at a time
  LaneOptions lane_options = {};
  SweepEvents events = {};
  std::stop_token stop = {};
  std::vector<Weights> initial = {};  ///< empty, or one set of weights from which every run starts
};

/// Trains all groups that `next` returns, and then returns.
/// If options.stop is requested, returns within about a second: an epoch that would end later is abandoned,
/// and its group is kept as SnapshotEvents describes.
/// Throws the first error of a lane or a callback, after the other lanes have stopped. All trained groups are
/// kept before the function returns or throws, except after an error in `keep`, `on_run` or
/// SnapshotEvents::drop.
/// A group that does not fit in memory is halved, down to one run at a time, and then trained on fewer lanes.
/// If memory is still too short, that is an error.
/// Once at most half of a group's replicas still train, because the other runs have stopped early, the
/// stopped runs are kept, and the others go on as a smaller group, unless memory is short.
SweepResult run_groups(const GroupSource& next, const Dataset& dataset, const DeviceChoice& devices,
                       const SweepOptions& options = {});

/// Trains the groups of a list, in the order of the list.
SweepResult run_groups(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                       const DeviceChoice& devices, const SweepOptions& options = {});

}  // namespace gpu_sweep
