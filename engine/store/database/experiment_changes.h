// The differences between a stored experiment and an experiment that is to continue it.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

/// Returns the changes that prevent `experiment` from continuing the stored one, each as "key: old -> new";
/// empty if there are none. It is allowed to raise `runs`, to add models (which are compared by name), to let
/// the tests choose the number of seeds from now on (--until-decided, or --race unless --until-decided chose
/// it before), and to change the other settings of the analysis. A change that several models share is listed
/// once. Of the provenance, compares only what results depend on, including what numerics_changes returns,
/// and not the device's name, the directory of the data or the program's version. In older versions, an
/// experiment file that named an optimizer in an inner table lost the scalars of the outer tables. If a
/// scalar changed only because this is no longer so (Experiment::unmerged_optimizers), the text says so.
std::vector<std::string> experiment_changes(const StoredExperiment& stored, const Experiment& experiment,
                                            const Provenance& provenance);

/// Returns only the changes that affect the bits of a run: those of the program's numerics version and, if
/// both sides name them, of the library and the instruction set that compute the matrix products.
std::vector<std::string> numerics_changes(const Provenance& stored, const Provenance& provenance);

/// Returns the changes joined by "; ".
std::string in_one_line(const std::vector<std::string>& changes);

}  // namespace gpu_sweep
