// The groupings that gpu_sweep tune found best on this user's cards.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/sweep/grouping.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

/// Returns $XDG_CACHE_HOME/gpu_sweep/tuned.json, or $HOME/.cache/gpu_sweep/tuned.json. Throws Error(kOutput)
/// if the environment gives neither variable an absolute path.
std::filesystem::path tuned_file();

/// Returns the grouping saved for this card, driver and precision. A malformed file counts as empty, and
/// `warning` says so. A file that cannot be opened also counts as empty.
std::optional<Grouping> tuned_grouping(const DeviceInfo& device, Precision precision, std::string& warning);

/// Saves a grouping, replacing an earlier one. Throws Error(kOutput).
void keep_tuned_grouping(const DeviceInfo& device, Precision precision, const Grouping& grouping);

}  // namespace gpu_sweep
