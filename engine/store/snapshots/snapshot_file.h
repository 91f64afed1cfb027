// A run's snapshot as .npz, with a checksum over everything in it.
#pragma once

#include <filesystem>

#include "engine/store/formats/npz.h"
#include "gpu_sweep/snapshot.h"

namespace gpu_sweep {

/// Returns these arrays, P being the number of parameters:
///   version        u32 [1]
///   key            u8 [64]
///   history        f64 [epochs + 1, 4]
///   objective      f64 [epochs + 1], if the snapshot has it
///   step           u32 [1]
///   powers         f64 [2]
///   step_size      f32 [1]
///   learning_rate  f64 [1], if the snapshot has one
///   weights        f32 [P]
///   best_weights   f32 [P], if the snapshot has them
///   optimiser_0    f32 [P], and optimiser_1 for optimizers with two moments
///   train_seconds  f64 [1]
///   sha256         u8 [64], the hex digest of all other arrays in the order of their names
std::vector<std::pair<std::string, NpyArray>> snapshot_arrays(const Snapshot& snapshot);

/// Throws Error(kData) with `name` if an array is missing, is unknown, or has another type or shape, if the
/// checksum differs, and for a version below the first. Throws Error(kUsage) for a newer version. Values need
/// not be finite: a run may have diverged.
Snapshot parse_snapshot(const NpzArrays& arrays, const std::string& name);

/// Writes a snapshot atomically. Throws Error(kOutput).
void save_snapshot(const std::filesystem::path& file, const Snapshot& snapshot);

/// Throws what parse_snapshot and read_unpacked_npz throw.
Snapshot load_snapshot(const std::filesystem::path& file);

/// Loads the snapshot of the run `key` from DIRECTORY/KEY.npz. Also throws Error(kData) if the file holds the
/// snapshot of another run.
Snapshot load_snapshot_of(const std::string& key, const std::filesystem::path& directory);

}  // namespace gpu_sweep
