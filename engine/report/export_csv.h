// Tidy CSV: one row an observation (RFC 4180, UTF-8, LF, a header line).
#pragma once

#include <string>
#include <vector>

#include "engine/store/run_store.h"

namespace gpu_sweep {

/// One row a run: what it is and its final figures. Scalars that an optimiser does not use are empty, as is
/// diverged_epoch where a run did not diverge. Numbers have the fewest digits that give back their bits; what
/// is no number is "nan", "inf" or "-inf".
std::string runs_csv(const StoredExperiment& stored, const std::vector<RunRecord>& runs);

/// One row a run and epoch: model, seed, epoch (0 is the untrained model), loss, accuracy, val_loss,
/// val_accuracy.
std::string history_csv(const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
