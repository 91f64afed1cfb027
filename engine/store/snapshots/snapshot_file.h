// A run's snapshot as .npz, with a checksum over everything in it.
#pragma once

#include <filesystem>

#include "engine/store/formats/npz.h"
#include "engine/train/snapshot.h"

namespace gpu_sweep {

/// Arrays: version u32 [1], key u8 [64], history f64 [epochs + 1, 4], step u32 [1], powers f64 [2], step_size
/// f32 [1], weights f32 [P], optimiser_0 (and optimiser_1) f32 [P], train_seconds f64 [1], and sha256 u8
/// [64], the hex digest of all others in the order of their names.
std::vector<std::pair<std::string, NpyArray>> snapshot_arrays(const Snapshot& snapshot);

/// Throws Error(kData) naming `name` where an array is missing, unknown, of another type or shape, where the
/// checksum differs, and where an older version wrote it; Error(kUsage) for one of a newer version. Values
/// need not be finite: a run may have diverged.
Snapshot parse_snapshot(const NpzArrays& arrays, const std::string& name);

/// No partial file is ever seen. Throws Error(kOutput).
void save_snapshot(const std::filesystem::path& file, const Snapshot& snapshot);

/// Throws as parse_snapshot does, and as read_unpacked_npz.
Snapshot load_snapshot(const std::filesystem::path& file);

/// That of the run of this key, from DIRECTORY/KEY.npz. Throws Error(kData), too, where the file holds
/// another run's.
Snapshot load_snapshot_of(const std::string& key, const std::filesystem::path& directory);

}  // namespace gpu_sweep
