// The page that lists every key of an experiment (docs/experiments.md).
#pragma once

#include <string>

namespace gpu_sweep {

/// Returns the page in Markdown. Ranges and most defaults come from the tables that the parser reads,
/// formulas from the rows of activations, optimizers and schedules, and meanings and sources of keys from
/// key_notes.def. Throws std::logic_error if a key has no row in key_notes.def, or if a row there has no key.
std::string experiment_reference();

}  // namespace gpu_sweep
