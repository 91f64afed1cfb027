// Checks summary.json and the exports of a results folder against its runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/gpu_sweep/commands/findings.h"
#include "engine/store/runs/run_store.h"

namespace gpu_sweep {

/// Makes summary.json again in memory and compares it with `text`, the bytes of that file if it is there,
/// except for times. Contents that an earlier set of the runs gives are out of date and no fault. Since a
/// sweep may be writing, read the text before the runs.
void verify_summary(const std::filesystem::path& directory, const std::optional<std::string>& text,
                    const StoredExperiment& stored, const std::vector<RunRecord>& runs, Findings& findings);

/// The same for the exports in DIRECTORY/npz, DIRECTORY/csv and DIRECTORY/json. Those of TensorBoard contain
/// the time at which they were made.
void verify_exports(const std::filesystem::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, Findings& findings);

/// Reports which of these are there but cannot be compared, because runs of the store are damaged or missing.
void name_uncompared_exports(const std::filesystem::path& directory, Findings& findings);

}  // namespace gpu_sweep
