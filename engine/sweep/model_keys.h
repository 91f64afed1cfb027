// The keys that describe a model, wherever they stand: in [defaults], in a [[model]] or in [grid].
#pragma once

#include <string>
#include <vector>

#include "engine/model/model_spec.h"
#include "engine/sweep/toml_item.h"

namespace gpu_sweep {

/// hidden, activation, dropout, optimizer, batch_size, epochs, shuffle.
const std::vector<std::string>& model_keys();

/// A model while its keys are being collected.
struct ModelDraft {
  ModelSpec spec;
  bool has_hidden = false;  ///< `hidden` has no default: some table must give it
};

/// Sets the model key `item.key`, which must be known, to the item's value. `optimizer` takes a name, which
/// brings that optimiser's defaults, or a table; a table without `name` changes the optimiser that is there.
void set_model_key(ModelDraft& draft, const TomlItem& item);

/// Sets one scalar of the optimiser that is there, such as learning_rate.
void set_optimiser_scalar(OptimiserSpec& optimiser, const TomlItem& item);

/// Widths as names and tables show them: "256-128", or "none".
std::string hidden_text(const std::vector<int>& hidden);

}  // namespace gpu_sweep
