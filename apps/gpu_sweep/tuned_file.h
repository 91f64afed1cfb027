// The groupings that gpu_sweep tune found best on this user's cards.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/model/mlp_spec.h"
#include "engine/sweep/grouping.h"

namespace gpu_sweep {

/// $XDG_CACHE_HOME/gpu_sweep/tuned.json, else ~/.cache/gpu_sweep/tuned.json. Throws Error(kOutput) where the
/// environment names neither.
std::filesystem::path tuned_file();

/// What was kept for this card, driver and precision. A file that cannot be read as one counts as empty and
/// `warning` says so.
std::optional<Grouping> tuned_grouping(const DeviceInfo& device, Precision precision, std::string& warning);

/// Keeps a choice in place of an earlier one. Throws Error(kOutput).
void keep_tuned_grouping(const DeviceInfo& device, Precision precision, const Grouping& grouping);

}  // namespace gpu_sweep
