// Groups of runs, trained on all lanes at once.
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

/// Told of what happens: from several threads, but never from two at once, `keep` excepted. An exception
/// thrown here stops the sweep and is rethrown by `run_groups`.
struct SweepEvents {
  std::function<void(const GroupSpec& group, int epochs_done)> on_epoch;
  /// Keeps the runs of a finished group, all of them or none. Called for one group at a time, on a thread of
  /// its own, so that the lanes train on meanwhile: at any time at most two groups are trained and not kept,
  /// and a lane with a third waits.
  std::function<void(const Trained& group)> keep;
  std::function<void(const RunRecord& run, const Weights& weights)> on_run;  ///< of a run that is kept
  SnapshotEvents snapshots;
  std::function<void(const std::string& line)> on_remark;  ///< what went another way than planned
  bool wants_weights = false;  ///< else `keep` and `on_run` get none, and none leave the device
};

struct SweepResult {
  int runs_done = 0;
};

/// The next group to train; nothing where none are left. Called from one thread of the sweep's own, at most
/// one group ahead of the lanes. May wait, but not once `ended` is requested: the sweep is being stopped or a
/// lane has failed.
using GroupSource = std::function<std::optional<GroupSpec>(const std::stop_token& ended)>;

/// Trains all groups of `next` on `lanes` lanes a device and returns when they are done, when `stop` is
/// requested (within about a second: an epoch whose end is not near is lost, and its group is kept as
/// SnapshotEvents has it) or with the first error of a lane or an event, after the other lanes have stopped.
/// Groups that are trained are kept before it returns, whatever ends it but an error in keeping. A group for
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
