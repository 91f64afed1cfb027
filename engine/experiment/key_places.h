// The tables of an experiment, and the keys that belong to each of them.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// The tables of an experiment.
enum class KeyPlace : std::uint8_t { kTop, kDefaults, kModel, kGrid, kOptimizer, kSchedule, kEarlyStopping };

/// Returns the keys at the top level of an experiment: name, runs, ..., and the names of the tables.
std::vector<std::string> top_keys();

/// Throws Error(kUsage) if `item`'s key is not one of `known`, the keys of its table. If the key is a flag or
/// belongs to another table, the message says where it belongs. For any other key, the message names the
/// nearest key, if one is near (nearest_name).
void check_place(const TomlItem& item, KeyPlace place, const std::vector<std::string>& known);

}  // namespace gpu_sweep
