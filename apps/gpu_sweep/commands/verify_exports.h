// Checks summary.json and the exports of a results folder against its runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/gpu_sweep/commands/findings.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns one line for each model whose class probabilities are incomplete. `summary` is the contents of
/// summary.json. A model has a line if the summary counts more runs with class probabilities than there are
/// files. The line names the first missing file.
std::vector<std::string> lost_probabilities(const std::filesystem::path& directory,
                                            const std::optional<std::string>& summary,
                                            const StoredExperiment& stored,
                                            const std::vector<RunRecord>& runs);

/// Makes summary.json again in memory and compares it with `text`, the contents of the existing file, if
/// there is one. Times are not compared. Two differences do not count as faults: a summary of an earlier
/// subset of the runs, and members that are missing because an earlier version of the program wrote the file.
/// If class probabilities `are_lost` or cannot be read, a summary that differs is reported as not compared,
/// because this may be the reason for the difference. `text` must be read before `runs`, because a sweep may
/// be writing both.
void verify_summary(const std::filesystem::path& directory, const std::optional<std::string>& text,
                    const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool are_lost,
                    Findings& findings);

/// Compares the exports in DIRECTORY/npz, DIRECTORY/csv and DIRECTORY/json with `runs`, in the same way as
/// verify_summary. Files that are left over from earlier exports count as faults. A file that cannot be read
/// is not compared. If class probabilities `are_lost` or cannot be read, a file that contains some and
/// differs is reported as not compared. Exports for TensorBoard and LaTeX are not checked.
void verify_exports(const std::filesystem::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, bool are_lost, Findings& findings);

/// Reports which of summary.json and the exports exist but cannot be compared, because runs of the store are
/// damaged or missing. The summary is left out unless `is_summary_read`, because a summary that cannot be
/// read has already been reported.
void name_uncompared_exports(const std::filesystem::path& directory, bool is_summary_read,
                             Findings& findings);

}  // namespace gpu_sweep
