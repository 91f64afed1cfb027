// One queue of groups; every lane takes the next.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/device.h"
#include "engine/model/weights.h"
#include "engine/train/group_spec.h"
#include "engine/train/run_record.h"
#include "engine/train/snapshot.h"

namespace gpu_sweep {

/// How runs outlive a sweep that is stopped before they are finished; none by default.
struct SnapshotEvents {
  SnapshotInterval interval;
  std::function<void(const std::vector<Snapshot>& group)> keep;  ///< also called when the sweep is stopped
  /// How often a group leaves a copy of itself in the host's memory, the first after one epoch: a stop in the
  /// midst of an epoch keeps that. 0: never. Its room is taken when the group is made, and counts as memory
  /// that the group needs.
  double standby_seconds = 20;
  std::function<Snapshot(const RunSpec& run)> load;  ///< for groups with `epochs_done`
};

/// Told of what happens, from the lanes' threads but never from two at once. An exception thrown here stops
/// the sweep and is rethrown by `run_groups`.
struct SweepEvents {
  std::function<void(const GroupSpec& group, int epochs_done)> on_epoch;
  std::function<void(const RunRecord& run, const Weights& weights)> on_run;
  SnapshotEvents snapshots;
  std::function<void(const std::string& line)> on_remark;  ///< what went another way than planned
  bool wants_weights = false;  ///< else `on_run` gets none, and none leave the device
};

struct SweepResult {
  int runs_done = 0;
};

/// The next group to train; nothing where none are left. Called from the lanes' threads, from several at
/// once. May wait, but not once `ended` is requested: the sweep is being stopped or a lane has failed.
using GroupSource = std::function<std::optional<GroupSpec>(const std::stop_token& ended)>;

/// Trains all groups of `next` on `lanes` lanes a device and returns when they are done, when `stop` is
/// requested (within about a second: an epoch whose end is not near is lost, and its group is kept as
/// SnapshotEvents has it) or with the first error of a lane, after the other lanes have stopped. A group for
/// which there is no memory is trained in halves, down to one run at a time and then on fewer lanes, before
/// that is an error. `initial`, if not empty, holds weights for every run of every group (the `train` command
/// has one).
SweepResult run_groups(const GroupSource& next, const Dataset& dataset, const DeviceChoice& devices,
                       int lanes, const LaneOptions& lane_options, const SweepEvents& events,
                       std::stop_token stop, const std::vector<Weights>& initial = {});

/// The same for a list of groups, in its order.
SweepResult run_groups(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                       const DeviceChoice& devices, int lanes, const LaneOptions& lane_options,
                       const SweepEvents& events, std::stop_token stop,
                       const std::vector<Weights>& initial = {});

}  // namespace gpu_sweep
