// The tables of a study for a terminal.
#pragma once

#include <span>
#include <string>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns a heading and a table with one row per model: first a block with the mean and standard deviation
/// of the final accuracies, then a block with those of the losses and, if there are judging rows, a block
/// with both metrics on these. A row has at most 100 columns; a name that is too long for its row gets a line
/// of its own. Diverged runs are excluded from the metrics. If there are any, a column has their number, with
/// the 95 % interval of their share (Clopper and Pearson, or an interval that stays valid if the number of
/// runs was chosen by looking at the results). After the blocks follow one line for each diverged run, with
/// its epoch, one line for each model that stops early, and, if runs are missing although their number was
/// fixed beforehand, one line that says how many have ended. If the number was not fixed beforehand, or if
/// every seed has its own split, sentences about that are added. A model with one run has no standard
/// deviation. The text ends with a newline. Control characters in names are escaped.
std::string study_table(const StoredExperiment& stored, std::span<const RunRecord> runs);

/// Returns a text such as "0.9613 ± 0.0025". Returns only the mean if there is a single run. Returns "-" if
/// there are no runs or if the mean is not finite.
std::string mean_and_std(double mean, double std, int runs);

}  // namespace gpu_sweep
