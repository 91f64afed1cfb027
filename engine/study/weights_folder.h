// The folder that --save-weights names. It holds the weights of every run of a study.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/study/open_store.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_store.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// The names of the models of every run. A run has several if there are models that differ only in their
/// names.
using NamesOfRuns = std::map<std::string, std::vector<std::string>>;  // by run key

/// Must be called before a study starts in `out`. Throws Error(kUsage) if `out` has neither a store nor the
/// log of one, but `folder` has weights that `runs` would overwrite, because these weights belong to another
/// study.
void refuse_weights_of_studies(const std::vector<RunSpec>& runs, const std::filesystem::path& out,
                               const std::filesystem::path& folder);

/// Must be called before a study of `runs` continues, and only by the process that owns `store`. `left` are
/// the groups that still have to be trained.
/// Throws Error(kUsage) if a file in `folder` has the name of a run in `left` but the weights of another run.
/// A file with the weights of the run itself is accepted, because a killed program may have left it.
/// Removes partly written weights of `runs`. If there are finished runs without weights, calls `warn` with
/// their number, because no run is trained again for its weights.
void prepare_weights_folder(const std::vector<RunSpec>& runs, const std::vector<GroupSpec>& left,
                            const RunStore& store, const std::filesystem::path& folder, const Warn& warn);

/// Writes one file for each model name of the run. The file also says how the inputs were prepared from
/// `dataset`. Throws Error(kOutput).
void save_weights_of(const RunRecord& run, const Weights& weights, const Dataset& dataset,
                     const NamesOfRuns& names, const std::filesystem::path& folder);

/// Returns directory/"MODEL, seed N.npz". file_name() encodes the name of the model, so that no two models
/// share a file.
std::filesystem::path weights_path(const std::filesystem::path& directory, const std::string& model,
                                   std::uint64_t seed);

}  // namespace gpu_sweep
