// The [grid] table: every combination of its values, applied to every model.
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/model_draft.h"
#include "engine/experiment/toml_item.h"

namespace gpu_sweep {

/// One key of the grid and its values. If the key is a scalar of the optimizer, it may be written
/// "learning_rate" or "optimizer.learning_rate".
struct GridAxis {
  TomlItem item;
  bool is_scalar = false;  ///< whether the key is a scalar of the optimizer
  std::vector<TomlItem> values;
};

/// Returns the axes in the order of the file. The types and ranges of their values are checked only when the
/// values are applied to a model.
std::vector<GridAxis> read_grid(const TomlItem& grid);

/// Returns every draft once per combination of values. The last axis varies fastest. The models are named
/// "model, key=value, ...". Throws Error(kUsage) if there would be more than kMaxModels models.
std::vector<ModelDraft> apply_grid(const std::vector<ModelDraft>& drafts, const std::vector<GridAxis>& axes);

}  // namespace gpu_sweep
