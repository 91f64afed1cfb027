// Snapshots of runs that are begun, as they travel between ranks.
#pragma once

#include "engine/cluster/message.h"
#include "engine/train/snapshot.h"

namespace gpu_sweep {

/// The bytes of a snapshot file, with the checksum that this has.
SnapshotTaken pack(const Snapshot& snapshot);

/// Throws std::invalid_argument for what `pack` did not make.
Snapshot unpack(const SnapshotTaken& message);

}  // namespace gpu_sweep
