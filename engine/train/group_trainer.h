// Trains one group to its end, either with events, stops and snapshots (GroupTrainer) or without
// (train_group).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/lane/lane.h"
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

class GroupTrainer {
 public:
  /// Creates the ReplicaGroup, and allocates room for snapshots if `events` keeps any. Throws OutOfMemory.
  /// `events` must outlive the trainer.
  GroupTrainer(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout, const GroupSpec& spec,
               std::span<const Weights> initial, const GroupEvents& events, const std::stop_token& stop);

  /// Trains to the end, from the snapshots of the runs or from scratch. If a stop is requested earlier, keeps
  /// the latest copy of the runs, if there is one, and returns nothing.
  std::optional<Trained> train();

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  bool train_epochs();
  double seconds() const;
  bool copy();
  void keep() const { events_.snapshots.keep(room_); }

  const GroupEvents& events_;
  const std::stop_token stop_;
  const Clock::time_point start_ = Clock::now();
  double seconds_before_ = 0;  // total of all runs before their snapshots
  ReplicaGroup group_;
  std::vector<Snapshot> room_;  // empty if no snapshots are wanted
};

/// Uploads the data, trains all epochs of `spec` on `lane` and returns the finished runs with their weights.
Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec);

}  // namespace gpu_sweep
