// Exports curves as TensorBoard event files, with the tags epoch_loss and epoch_accuracy of Keras's own
// callback.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns event files by their paths below the log directory, MODEL/CURVE/train/FILE and, if the runs have
/// validation rows, MODEL/CURVE/validation/FILE. Each has the scalars epoch_loss and epoch_accuracy from the
/// untrained point 0 on; the file of training also has epoch_objective if the objective differs from the
/// loss. CURVE is "mean", "mean+std" or "mean-std" over the model's runs that did not diverge, up to the last
/// epoch that all of them have, and, with `every_run`, also "seed N" for each run. Wall times are the epoch
/// numbers, so that equal runs give equal bytes.
std::vector<std::pair<std::string, std::string>> tensorboard_files(const StoredExperiment& stored,
                                                                   const std::vector<RunRecord>& runs,
                                                                   bool every_run);

}  // namespace gpu_sweep
