// The differences between a stored experiment and the one that is to continue it.
#pragma once

#include <string>
#include <vector>

#include "engine/store/database/stored_experiment.h"

namespace gpu_sweep {

/// Returns the changes that prevent continuing a stored experiment, each as "key: old -> new"; empty if there
/// are none. Raising `runs` and adding models (which are compared by name) are allowed. A change that several
/// models share is listed once. Compares only what results depend on, numerics_changes included: not the
/// device's name, the directory of the data or the program's version. If an optimizer's scalar changed only
/// because an optimizer's name now keeps the values above it (Experiment::unmerged_optimizers), the text says
/// so.
std::vector<std::string> experiment_changes(const StoredExperiment& stored, const Experiment& experiment,
                                            const Provenance& provenance);

/// Returns the changes among these that change the bits of a run: in the program, and in the library and
/// instruction set behind its products if both sides name them.
std::vector<std::string> numerics_changes(const Provenance& stored, const Provenance& provenance);

/// Returns "first; second".
std::string in_one_line(const std::vector<std::string>& changes);

}  // namespace gpu_sweep
