// Tidy CSV: one row per observation (RFC 4180 but with LF, UTF-8, with a header line).
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the cells with which the row of a run begins in runs_csv and in history_csv: its model and its
/// seed, each followed by a comma.
std::string first_cells(const RunRecord& run);

/// Returns one row per run with its settings and final metrics. Scalars that the optimizer does not use are
/// empty, and so is diverged_epoch unless the run diverged. Numbers have the fewest digits that restore the
/// exact bits; non-finite ones are "nan", "inf" or "-inf". The table of a race says after how many seeds a
/// model left it, according to `runs`; this cell is empty for models that remain.
std::string runs_csv(const StoredExperiment& stored, const std::vector<RunRecord>& runs);

/// Returns one row per run and epoch: model, seed, epoch (0 is the untrained model), loss, accuracy,
/// val_loss, val_accuracy and, if some run has an objective other than its loss, objective.
std::string history_csv(const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
