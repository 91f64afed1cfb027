// The table of an experiment that each key belongs to.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// The tables of an experiment.
enum class KeyPlace : std::uint8_t { kTop, kDefaults, kModel, kGrid, kOptimizer, kSchedule, kEarlyStopping };

/// The keys at the top of an experiment: name, runs, ..., and the tables.
std::vector<std::string> top_keys();

/// Throws Error(kUsage) unless `item`'s key is one of `known`, the keys of its table. If the key is a flag or
/// belongs in another table, the message says where it belongs; for any other key it names the nearest known
/// one.
void check_place(const TomlItem& item, KeyPlace place, const std::vector<std::string>& known);

}  // namespace gpu_sweep
