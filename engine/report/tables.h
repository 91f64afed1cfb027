// The study's tables for a terminal.
#pragma once

#include <string>
#include <vector>

#include "engine/store/run_store.h"

namespace gpu_sweep {

/// Mean and standard deviation of the final accuracies and losses, a row a model: a block of accuracies, then
/// one of losses, each within 100 columns (a name too long for its row stands on a line of its own). Runs
/// that diverged are no part of the figures: a column counts them where there are some. After the blocks a
/// line for every run that diverged, with its epoch, and one that says how many runs are still to come. A
/// model of one run has no standard deviation. Ends with a newline; names are shown without control
/// characters.
std::string study_table(const StoredExperiment& stored, const std::vector<RunRecord>& runs);

/// "0.9613 ± 0.0025", without the second part where there is no spread to tell.
std::string mean_and_std(double mean, double std, int runs);

}  // namespace gpu_sweep
