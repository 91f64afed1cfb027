// Keeps the finished runs of a study in its store and, if wanted, their class probabilities and weights.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/study/weights_folder.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the model names of every run in `runs`, finished or not.
NamesOfRuns names_of(const std::vector<RunSpec>& runs);

/// Returns how many of the runs in `names` are in `store`.
std::size_t count_kept(const RunStore& store, const NamesOfRuns& names);

/// Rescues the finished runs if `store` has been deleted or replaced, and throws Error(kOutput), as
/// RunStore::add does. Call before telling the user that the results are there.
void require_in_place(RunStore& store);

/// Returns the line that reports a run that diverged.
std::string diverged_line(const RunRecord& run);

/// Returns a function for SweepEvents::keep. It saves the class probabilities of a group's runs, if they have
/// any, and, unless `weights` is empty, their weights in that folder. Only then does it add the runs to
/// `store`, so that every run there has them, whenever the program is killed. The other arguments must
/// outlive the function. It throws what RunStore::add throws, also if a file cannot be written.
std::function<void(const Trained& group)> keep_in(RunStore& store, const Dataset& dataset,
                                                  const NamesOfRuns& names,
                                                  const std::filesystem::path& weights);

/// Adds to the wall time in `store`. Calls `warn` instead of throwing if a lock or a full disk prevents it,
/// since no run is lost.
void keep_wall_seconds(RunStore& store, double seconds, const DiskPatience& patience, const Warn& warn);

}  // namespace gpu_sweep
