// The folder of --save-weights, where every run of a study has its weights.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/model/weights.h"
#include "engine/store/run_store.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// The models of every run: several where models are equal but for their names.
using NamesOfRuns = std::map<std::string, std::vector<std::string>>;  // by the run's key

/// For a study that is about to begin in `out`. Throws Error(kUsage) where `out` has neither a store nor its
/// log and `folder` holds weights that its runs would overwrite: they are another study's.
void refuse_weights_of_studies(const std::vector<RunSpec>& runs, const std::filesystem::path& out,
                               const std::filesystem::path& folder);

/// For a study that continues, with `left` to train of `runs`. Throws Error(kUsage) where `folder` has
/// weights under the name of one that is left, and they are not its own, which a kill may have left there.
void refuse_weights_of_others(const std::vector<RunSpec>& runs, const std::vector<GroupSpec>& left,
                              const std::filesystem::path& folder);

/// Removes what was left of weights of `runs` where a program that wrote them was killed. For who owns the
/// store of these runs, before anybody trains.
void remove_unfinished_weights(const std::vector<RunSpec>& runs, const std::filesystem::path& folder);

/// Runs that are trained no more have no weights to save.
void warn_of_missing_weights(const std::vector<RunSpec>& runs, const RunStore& store,
                             const std::filesystem::path& folder);

/// One file for every name of the run. Throws Error(kOutput).
void save_weights_of(const RunRecord& run, const Weights& weights, const NamesOfRuns& names,
                     const std::filesystem::path& folder);

}  // namespace gpu_sweep
