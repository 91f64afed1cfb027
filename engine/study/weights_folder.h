// The folder of --save-weights, which holds the weights of every run of a study.
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

/// The model names of every run: several if models differ only in name.
using NamesOfRuns = std::map<std::string, std::vector<std::string>>;  // by run key

/// Call before a study starts in `out`. Throws Error(kUsage) if `out` has no store (nor the log of one) but
/// `folder` holds weights that `runs` would overwrite: those weights belong to another study.
void refuse_weights_of_studies(const std::vector<RunSpec>& runs, const std::filesystem::path& out,
                               const std::filesystem::path& folder);

/// Call before a study of `runs` continues; `left` are the groups still to train. Only the process that owns
/// `store` may call this. Throws Error(kUsage) if a file in `folder` has the name of a run in `left` but the
/// weights of another run; the run's own weights are accepted, since a killed program may have left them.
/// Removes partly written weights of `runs`, and calls `warn` if there are finished runs without weights:
/// they are not trained again, so there is nothing to save.
void prepare_weights_folder(const std::vector<RunSpec>& runs, const std::vector<GroupSpec>& left,
                            const RunStore& store, const std::filesystem::path& folder, const Warn& warn);

/// Writes one file for each model name of the run, including how the inputs from `dataset` were prepared.
/// Throws Error(kOutput).
void save_weights_of(const RunRecord& run, const Weights& weights, const Dataset& dataset,
                     const NamesOfRuns& names, const std::filesystem::path& folder);

/// Returns directory/"MODEL, seed N.npz", with the model's name encoded by file_name(): no two models share a
/// file.
std::filesystem::path weights_path(const std::filesystem::path& directory, const std::string& model,
                                   std::uint64_t seed);

}  // namespace gpu_sweep
