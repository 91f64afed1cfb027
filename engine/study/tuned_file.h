// The file of the groupings that `gpu_sweep tune` has found to be the best on this user's cards.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/sweep/grouping.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

/// Returns $XDG_CACHE_HOME/gpu_sweep/tuned.json or, without that variable, $HOME/.cache/gpu_sweep/tuned.json.
/// Throws Error(kOutput) if neither variable has an absolute path.
std::filesystem::path tuned_file();

/// Returns the grouping that was saved for this card, driver and precision, or nothing. A malformed file
/// counts as empty, and sets `warning`. A file that cannot be opened counts as empty, too, and so does one
/// for which tuned_file() throws.
std::optional<Grouping> tuned_grouping(const DeviceInfo& device, Precision precision, std::string& warning);

/// Saves a grouping. It replaces an earlier grouping for the same card, driver and precision. Throws
/// Error(kOutput).
void keep_tuned_grouping(const DeviceInfo& device, Precision precision, const Grouping& grouping);

}  // namespace gpu_sweep
