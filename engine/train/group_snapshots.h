// Copies the state of a group from the arena into snapshots, and back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/snapshot.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// Returns the size in bytes of a run's parameters and optimizer state, which usually make up nearly all of
/// its snapshot. It is 8 or 12 bytes per padded parameter, and 4 more if the weights of the best epoch are
/// kept.
std::uint64_t snapshot_bytes(const GroupLayout& layout);

/// Returns snapshots of a group's runs with all vectors at full length and zero.
std::vector<Snapshot> empty_snapshots(const GroupLayout& layout, const GroupSpec& group);

/// Copies parameters, optimizer state and scalars of every run of the group into `snapshots`, as made by
/// empty_snapshots, and the best weights of those runs whose `best_weights` are not empty. Leaves their
/// histories and times unchanged.
void download_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout,
                        std::vector<Snapshot>& snapshots);

/// Restores a group from `snapshots`, one per run and in the order of the runs, in an arena that
/// upload_initial_state has filled. Throws std::invalid_argument if they do not fit the group: each must have
/// the key of its run, vectors of the right length, and a learning rate exactly if the group has a schedule;
/// all must have been taken after the same epoch. Idle replicas repeat the first run.
void upload_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout, const GroupSpec& group,
                      std::span<const Snapshot> snapshots);

/// Returns the weights of each snapshot without padding. `shape` is that of their group.
std::vector<Weights> weights_of(const MlpSpec& shape, std::span<const Snapshot> snapshots);

}  // namespace gpu_sweep
