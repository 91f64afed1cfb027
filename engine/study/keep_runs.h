// Keeps the finished runs of a study in its store. If requested, also keeps their class probabilities and
// weights.
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

/// Returns the model names of every run in `runs`, whether it is finished or not.
NamesOfRuns names_of(const std::vector<RunSpec>& runs);

/// Returns how many of the runs in `names` are stored in `store`.
std::size_t count_kept(const RunStore& store, const NamesOfRuns& names);

/// If `store` has been deleted or replaced, saves the finished runs elsewhere and throws Error(kOutput), as
/// RunStore::add does. Must be called before the user is told that the results are there.
void require_in_place(RunStore& store);

/// Returns the line that reports a run that diverged.
std::string diverged_line(const RunRecord& run);

/// Returns a function for SweepEvents::keep. For each group, it first saves the class probabilities of the
/// runs, if they have any, and their weights, unless the path `weights` is empty. Then it adds the runs to
/// `store`. In this order, every run in the store has its files, even if the program is killed at any time.
/// The other arguments must outlive the function. The function throws the errors of RunStore::add, and
/// Error(kOutput) for a file that cannot be written.
std::function<void(const Trained& group)> keep_in(RunStore& store, const Dataset& dataset,
                                                  const NamesOfRuns& names,
                                                  const std::filesystem::path& weights);

/// Adds `seconds` to the wall time in `store`. If a lock or a full disk prevents that, calls `warn` and does
/// not throw, because no run is lost.
void keep_wall_seconds(RunStore& store, double seconds, const DiskPatience& patience, const Warn& warn);

}  // namespace gpu_sweep
