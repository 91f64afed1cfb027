// A model whose keys are still being collected from the tables that describe it.
#pragma once

#include "engine/experiment/optimizer_draft.h"
#include "engine/experiment/toml_item.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

struct ModelDraft {
  ModelSpec spec;  ///< all settings except the optimizer
  OptimizerDraft optimizer;
  bool has_hidden = false;  ///< `hidden` has no default: a table must state it
};

/// Sets the model key `item.key`, which must be one of model_keys(), to the item's value.
void set_model_key(ModelDraft& draft, const TomlItem& item);

}  // namespace gpu_sweep
