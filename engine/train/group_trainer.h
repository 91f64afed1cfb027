// Trains one group, either with events, stops and snapshots (GroupTrainer) or without (train_group).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/train/group_start.h"
#include "engine/train/replica_group.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Callbacks for the progress of a group, called by the thread that trains it.
struct GroupEvents {
  std::function<void(const GroupSpec& group, int epochs_done)> on_epoch;
  SnapshotEvents snapshots;
  bool wants_weights = false;  ///< if false, the weights stay on the device
};

struct GroupOutcome {
  Trained finished;  ///< the runs that have ended
  /// The other runs, if there are any: a smaller group, which continues from here.
  std::optional<GroupStart> rest = {};
};

class GroupTrainer {
 public:
  /// Creates the ReplicaGroup, and allocates room for snapshots if `events` keeps any. Throws OutOfMemory and
  /// then leaves `start.snapshots` unchanged; otherwise it takes weights and snapshots out of `start`.
  /// `events` must outlive the trainer.
  GroupTrainer(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout, GroupStart& start,
               const GroupEvents& events, const std::stop_token& stop);

  /// Trains until all runs have ended, or until at most half of the replicas still train while the others
  /// have stopped early. In the second case, finishes the stopped runs and returns the others as `rest`: on a
  /// GPU, a stopped run takes as much time as any other until it leaves its group. If there is no host memory
  /// for the snapshots of the others, the group is trained to its end as it is.
  /// If a stop is requested earlier, keeps the latest copy of the runs, if there is one, and returns nothing.
  std::optional<GroupOutcome> train();

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  std::vector<Snapshot> load() const;
  bool train_epochs();
  bool is_to_divide();
  Trained finish(std::span<const std::size_t> runs);
  GroupStart rest(std::span<const std::size_t> ended);
  double seconds() const;
  double seconds_per_run() const;
  void fill_room();
  bool copy();
  void keep() const { events_.snapshots.keep(room_); }

  const GroupEvents& events_;
  const std::stop_token stop_;
  const Clock::time_point start_ = Clock::now();
  double seconds_before_ = 0;  // total of all runs before their snapshots
  ReplicaGroup group_;
  std::vector<Snapshot> carried_;       // the snapshots in memory from which the group begins
  std::vector<Snapshot> room_;          // allocated when it is first needed, or at once if snapshots are kept
  std::optional<SnapshotTimes> times_;  // set when training begins
  bool standby_ = false;                // room_ holds a copy that has not been kept yet
};

/// Uploads the data, trains all epochs of `spec` on `lane` and returns the finished runs with their weights.
/// Runs that have stopped early stay in the group to its end.
Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec);

}  // namespace gpu_sweep
