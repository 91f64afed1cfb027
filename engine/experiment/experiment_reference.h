// The page that lists every key of an experiment (docs/experiments.md).
#pragma once

#include <string>

namespace gpu_sweep {

/// Returns the page in Markdown. Types, ranges and defaults come from the tables that the parser reads,
/// formulas and sources from key_notes.def. Throws std::logic_error if a key has no row there, or a row has
/// no key.
std::string experiment_reference();

}  // namespace gpu_sweep
