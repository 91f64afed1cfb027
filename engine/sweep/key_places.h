// Where each key of an experiment belongs.
#pragma once

#include <string>
#include <vector>

#include "engine/sweep/toml_item.h"

namespace gpu_sweep {

/// The tables of an experiment.
enum class KeyPlace : std::uint8_t { kTop, kDefaults, kModel, kGrid, kOptimiser };

/// The keys that describe a model: hidden, activation, dropout, optimizer, batch_size, epochs, shuffle.
const std::vector<std::string>& model_keys();

/// Throws where `item`'s key is none of `known`, the keys of its table. A key that belongs to another table
/// or is a flag is told so; any other names the nearest known one.
void check_place(const TomlItem& item, KeyPlace place, const std::vector<std::string>& known);

}  // namespace gpu_sweep
