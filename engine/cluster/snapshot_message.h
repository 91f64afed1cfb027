// Snapshots of runs that are begun, as they travel between ranks.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/cluster/message.h"
#include "engine/train/snapshot.h"

namespace gpu_sweep {

/// The largest snapshot file that fits into a message, behind its length.
constexpr std::size_t kMostSnapshotBytes = kMostMessageBytes - sizeof(std::uint64_t);

/// The bytes of a snapshot file, with the checksum that this has; nothing if they are more than `most`.
std::optional<SnapshotTaken> pack(const Snapshot& snapshot, std::size_t most = kMostSnapshotBytes);

/// Throws std::invalid_argument for what `pack` did not make.
Snapshot unpack(const SnapshotTaken& message);

}  // namespace gpu_sweep
