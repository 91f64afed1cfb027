// What a run needs to continue after a whole epoch as if it had never been stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/train/group_spec.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// One run between two epochs. Parameter vectors are padded as in parameter_layout. Dropout masks and sample
/// orders need no state: counters derive them from the seed, the step and the epoch.
struct Snapshot {
  std::string key;                            ///< RunSpec::key
  std::vector<EpochMetrics> history;          ///< [epochs done + 1]
  std::uint32_t step = 0;                     ///< StepState::step
  double beta1_power = 0;                     ///< as in ReplicaState, for the next step
  double beta2_power = 0;                     ///< likewise
  float step_size = 0;                        ///< likewise
  std::vector<float> weights;                 ///< [P]
  std::vector<std::vector<float>> optimizer;  ///< [1 or 2, P]: GroupLayout::optimizer
  double train_seconds = 0;                   ///< so far; not part of the run's identity

  int epochs_done() const { return static_cast<int>(history.size()) - 1; }
};

/// When snapshots are taken: after this many epochs or seconds, whichever comes first; 0 means never.
struct SnapshotInterval {
  int epochs = 0;
  double seconds = 0;

  bool never() const { return epochs <= 0 && seconds <= 0; }
};

/// How unfinished runs survive the stop of a sweep. By default they do not.
struct SnapshotEvents {
  SnapshotInterval interval;
  std::function<void(const std::vector<Snapshot>& group)> keep;  ///< also called when the sweep is stopped
  /// How often a group copies itself to host memory, so that a stop in the middle of an epoch can keep the
  /// copy: after its first epoch, then at this interval in seconds. A group expected to train for less than
  /// the interval makes no copy, and loses its work in such a stop. 0: never. The room for the copy is
  /// allocated with the group, and counts as memory that the group needs.
  double standby_seconds = 20;
  std::function<Snapshot(const RunSpec& run)> load;     ///< for groups with `epochs_done`
  std::function<void(const RunRecord& run)> drop = {};  ///< called for a run that is finished and kept
};

/// Returns the bytes of a run's parameters and optimizer state, which are nearly all of its snapshot: 8 or 12
/// per padded parameter.
std::uint64_t snapshot_bytes(const GroupLayout& layout);

/// Returns snapshots of a group's runs with all vectors at full length and zero.
std::vector<Snapshot> empty_snapshots(const GroupLayout& layout, const GroupSpec& group);

/// Copies parameters, optimizer state and scalars of every run of the group into `snapshots`, as made by
/// empty_snapshots. Leaves their histories and times unchanged.
void download_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout,
                        std::vector<Snapshot>& snapshots);

/// Restores a group from `snapshots`, one per run. Throws std::invalid_argument unless all were taken after
/// the same epoch and all vectors have the right length. Idle replicas repeat the first run.
void upload_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout, const GroupSpec& group,
                      std::span<const Snapshot> snapshots);

}  // namespace gpu_sweep
