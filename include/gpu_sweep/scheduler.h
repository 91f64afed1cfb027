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

/// Callbacks of a sweep. Called from several threads, but, except for `keep`, never from two at once. An
/// exception thrown by one stops the sweep and is rethrown by `run_groups`.
struct SweepEvents {
  std::function<void(const GroupSpec& group, int epochs_done)> on_epoch;
  /// Keeps the runs of a finished group, all of them or none. Called for one group at a time, on a separate
  /// thread, so that the lanes keep training. At any time, at most two trained groups are not kept yet; a
  /// lane with a third waits.
  std::function<void(const Trained& group)> keep;
  std::function<void(const RunRecord& run, const Weights& weights)> on_run;  ///< called once a run is kept
  SnapshotEvents snapshots;
  std::function<void(const std::string& line)> on_remark;  ///< called when the sweep departs from its plan
  bool wants_weights = false;  ///< if false, no weights leave the device, and `keep` and `on_run` get none
};

struct SweepResult {
  int runs_done = 0;
};

/// Returns the next group to train, or nothing if none are left. Called from one thread of the sweep, at most
/// one group ahead of the lanes. May wait, but must return once `ended` requests a stop, because the sweep is
/// being stopped or a lane has failed.
using GroupSource = std::function<std::optional<GroupSpec>(const std::stop_token& ended)>;

/// How a sweep trains its groups.
struct SweepOptions {
  int lanes = 1;  ///< per device; each trains one group at a time
  LaneOptions lane_options = {};
  SweepEvents events = {};
  std::stop_token stop = {};
  std::vector<Weights> initial = {};  ///< if not empty, one set of weights, from which every run starts
};

/// Trains all groups of `next`. Returns when they are done. If options.stop is requested, returns within
/// about a second: abandons epochs that would end later, and keeps their groups as SnapshotEvents describes.
/// Throws the first error of a lane or an event, after the other lanes have stopped. Before it returns or
/// throws, it keeps all trained groups, except after an error in `keep`. If a group does not fit in memory,
/// it is halved, down to one run at a time and then on fewer lanes; running out of memory after that is an
/// error.
SweepResult run_groups(const GroupSource& next, const Dataset& dataset, const DeviceChoice& devices,
                       const SweepOptions& options = {});

/// The same for the groups of a list, in the order of the list.
SweepResult run_groups(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                       const DeviceChoice& devices, const SweepOptions& options = {});

}  // namespace gpu_sweep
