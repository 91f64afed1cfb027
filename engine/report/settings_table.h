// The resolved settings of models, for a terminal.
#pragma once

#include <string>
#include <vector>

#include "engine/model/model_spec.h"

namespace gpu_sweep {

/// A further column of the table of settings, right-aligned.
struct SettingsColumn {
  std::string title;
  std::vector<std::string> cells;  ///< one per model
};

/// What all models share as a list, within 100 columns, then a row per model with the settings in which
/// models differ ("-": its optimiser has no such scalar) and its name. `columns` stand first. Values are
/// written as an experiment's file takes them, numbers with all their digits; widths of hidden layers as
/// "256-128" or "none". Ends with a newline; names are shown without control characters.
std::string settings_table(const std::vector<ModelSpec>& models,
                           const std::vector<SettingsColumn>& columns = {});

}  // namespace gpu_sweep
