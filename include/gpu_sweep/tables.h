// The tables of a study for a terminal.
#pragma once

#include <span>
#include <string>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the mean and standard deviation of the final accuracies and losses, one row per model: a block of
/// accuracies, then one of losses, each within 100 columns (a name too long for its row gets a line of its
/// own). Diverged runs are excluded from the metrics and, if there are any, counted in a column with the 95 %
/// interval of their share (Clopper and Pearson). The blocks are followed by a line for each diverged run,
/// with its epoch, a line for each model that stops early, and a line with the number of runs that have not
/// finished. A model with one run has no standard deviation. Ends with a newline. Names are shown without
/// control characters.
std::string study_table(const StoredExperiment& stored, std::span<const RunRecord> runs);

/// Returns a text such as "0.9613 ± 0.0025". It is only the mean if there is a single run, and "-" if there
/// is none or the mean is not finite.
std::string mean_and_std(double mean, double std, int runs);

}  // namespace gpu_sweep
