// The [grid] table: every combination of its values, applied to every model.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/model_draft.h"
#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// One key of the grid with its values. The key of an optimizer's scalar may be written "learning_rate" or
/// "optimizer.learning_rate".
struct GridAxis {
  TomlItem item;
  bool is_scalar = false;  ///< whether it is a scalar of the optimizer
  std::vector<TomlItem> values;
};

/// Returns the axes in the order of the file. Types and ranges of the values are checked when they are
/// applied.
std::vector<GridAxis> read_grid(const TomlItem& grid);

/// Returns every draft once per combination of values, the last axis varying fastest, named "model,
/// key=value, ...". Throws Error(kUsage) if there would be more than kMaxModels models.
std::vector<ModelDraft> apply_grid(const std::vector<ModelDraft>& drafts, const std::vector<GridAxis>& axes);

}  // namespace gpu_sweep
