// Early stopping, in the form in which experiments, flags and tables state it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// Returns "none", "validation_loss", "validation_accuracy" and "objective".
std::vector<std::string> monitor_names();
std::optional<Monitor> parse_monitor(std::string_view name);

/// Returns the keys of an early_stopping table: monitor, patience, ...
std::vector<std::string> early_stopping_keys();

/// Reads either the name of a monitor or a table that has a `monitor` and its settings.
EarlyStoppingSpec read_early_stopping(const TomlItem& item);

}  // namespace gpu_sweep
