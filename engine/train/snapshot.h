// What a run needs to go on after a whole epoch, as if it had never been stopped.
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

/// One run between two epochs. Parameter vectors are padded as parameter_layout has them. Neither masks nor
/// orders need a state: they are drawn by counters from the seed, the step and the epoch.
struct Snapshot {
  std::string key;                            ///< RunSpec::key
  std::vector<EpochFigures> history;          ///< [epochs done + 1]
  std::uint32_t step = 0;                     ///< StepState::step
  double beta1_power = 0;                     ///< ReplicaState's, of the step to come
  double beta2_power = 0;                     ///< likewise
  float step_size = 0;                        ///< likewise
  std::vector<float> weights;                 ///< [P]
  std::vector<std::vector<float>> optimiser;  ///< [1 or 2, P]: GroupLayout::optimiser
  double train_seconds = 0;                   ///< spent so far: timing, not identity

  int epochs_done() const { return static_cast<int>(history.size()) - 1; }
};

/// When a run's snapshot is taken: after so many epochs or so long, whichever is first; 0 is never.
struct SnapshotInterval {
  int epochs = 0;
  double seconds = 0;

  bool never() const { return epochs <= 0 && seconds <= 0; }
};

/// How runs outlive a sweep that is stopped before they are finished; none by default.
struct SnapshotEvents {
  SnapshotInterval interval;
  std::function<void(const std::vector<Snapshot>& group)> keep;  ///< also called when the sweep is stopped
  /// How often a group leaves a copy of itself in the host's memory, which a stop in the midst of an epoch
  /// keeps: after its first epoch, then every so many seconds. A group that is expected to train for less
  /// than that leaves none: such a stop costs its work. 0: never. The room for the copy is taken when the
  /// group is made, and counts as memory that the group needs.
  double standby_seconds = 20;
  std::function<Snapshot(const RunSpec& run)> load;     ///< for groups with `epochs_done`
  std::function<void(const RunRecord& run)> drop = {};  ///< for a run that is finished and kept
};

/// Bytes of a run's parameters and optimiser, nearly all of its snapshot: 8 or 12 a padded parameter.
std::uint64_t snapshot_bytes(const GroupLayout& layout);

/// Snapshots of a group's runs with all vectors of their full length and 0.
std::vector<Snapshot> empty_snapshots(const GroupLayout& layout, const GroupSpec& group);

/// Parameters, optimiser and scalars of every run of the group, into `snapshots` as empty_snapshots makes
/// them; their histories and times stay as they are.
void download_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout,
                        std::vector<Snapshot>& snapshots);

/// Puts a group where `snapshots`, one a run, were taken: all after the same epoch (else, or where a vector
/// has another length, std::invalid_argument). Idle replicas repeat the first run.
void upload_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout, const GroupSpec& group,
                      std::span<const Snapshot> snapshots);

}  // namespace gpu_sweep
