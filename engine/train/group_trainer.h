// Trains one group to its end, or to where it is stopped, and keeps snapshots of it on the way.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/train/replica_group.h"

namespace gpu_sweep {

/// Told of what happens to a group, from the thread that trains it.
struct GroupEvents {
  std::function<void(const GroupSpec& group, int epochs_done)> on_epoch;
  SnapshotEvents snapshots;
  bool wants_weights = false;  ///< else none leave the device
};

class GroupTrainer {
 public:
  /// As ReplicaGroup is made; also takes the room for snapshots where somebody wants any. Throws OutOfMemory.
  /// `events` must outlive it.
  GroupTrainer(Lane& lane, const Buffer& dataset, const DatasetLayout& dataset_layout, const GroupSpec& spec,
               std::span<const Weights> initial, const GroupEvents& events, const std::stop_token& stop);

  /// From the snapshots of its runs or from scratch to the end. Nothing where the stop was requested before
  /// that; then what the runs have come to is kept.
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
  double seconds_before_ = 0;  // that the runs took together before their snapshots
  ReplicaGroup group_;
  std::vector<Snapshot> room_;  // empty where nobody wants snapshots
};

}  // namespace gpu_sweep
