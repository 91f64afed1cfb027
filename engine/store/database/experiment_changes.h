// What stands between two invocations on one result directory.
#pragma once

#include <string>
#include <vector>

#include "engine/store/database/stored_experiment.h"

namespace gpu_sweep {

/// The changes that keep a stored experiment from being continued, each as "key: old -> new"; empty where it
/// can be. Raising `runs` and adding models (they are compared by name) is no change; a change that several
/// models share is named once. Only what results depend on counts: not the device's name, the directory of
/// the data or the program's version. The numerics_changes count. A scalar of an optimiser that
/// changed only because naming an optimiser keeps what stands above it says so
/// (Experiment::unmerged_optimisers).
std::vector<std::string> experiment_changes(const StoredExperiment& stored, const Experiment& experiment,
                                            const Provenance& provenance);

/// Of those the ones that give the same run other bits: in the program, and in the library and instruction
/// set behind its products where both are known.
std::vector<std::string> numerics_changes(const Provenance& stored, const Provenance& provenance);

/// "first; second"
std::string in_one_line(const std::vector<std::string>& changes);

}  // namespace gpu_sweep
