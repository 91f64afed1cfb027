// The keys that describe a model, in [defaults], in a [[model]] or in [grid].
#pragma once

#include <string>
#include <vector>

#include "engine/experiment/optimizer_draft.h"
#include "engine/experiment/toml_item.h"
#include "engine/model/model_spec.h"

namespace gpu_sweep {

/// A model while its keys are being collected.
struct ModelDraft {
  ModelSpec spec;  ///< except its optimizer
  OptimizerDraft optimizer;
  bool has_hidden = false;  ///< `hidden` has no default: a table must state it
};

/// Sets the model key `item.key`, which must be one of model_keys(), to the item's value.
void set_model_key(ModelDraft& draft, const TomlItem& item);

/// Returns the widths as names and tables show them: "256-128", or "none".
std::string hidden_text(const std::vector<int>& hidden);

}  // namespace gpu_sweep
