// The resolved settings of models, for a terminal.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// An additional column of the settings table, right-aligned.
struct SettingsColumn {
  std::string title;
  std::vector<std::string> cells;  ///< one per model
};

/// Returns a list of the settings that all models share, wrapped at 100 columns, and then a table. Its rows
/// are the models. Its columns are the given `columns`, one for each setting that differs ("-" if a model's
/// optimizer does not have the scalar), and the model's name with control characters escaped. Values are
/// written as by setting_text (engine/experiment/model_keys.h), numbers with all their digits. The text ends
/// with a newline. Returns "" if there are no models.
std::string settings_table(const std::vector<ModelSpec>& models,
                           const std::vector<SettingsColumn>& columns = {});

}  // namespace gpu_sweep
