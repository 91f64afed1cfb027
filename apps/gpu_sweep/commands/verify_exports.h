// Checks summary.json and the exports of a results folder against its runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/gpu_sweep/commands/findings.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns a line per model of which `summary`, the contents of summary.json, counts more runs with class
/// probabilities than there are files, naming the first file that is not there.
std::vector<std::string> lost_probabilities(const std::filesystem::path& directory,
                                            const std::optional<std::string>& summary,
                                            const StoredExperiment& stored,
                                            const std::vector<RunRecord>& runs);

/// Makes summary.json again in memory and compares everything but the times with `text`, the contents of the
/// existing file, if any. Does not count as a fault a summary of an earlier subset of the runs or one that
/// lacks members because an earlier version wrote it. Compares nothing if class probabilities cannot be read.
/// Read `text` before `runs`, since a sweep may be writing. If class
/// probabilities `are_lost`, a file made from them that differs is not compared.
void verify_summary(const std::filesystem::path& directory, const std::optional<std::string>& text,
                    const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool are_lost,
                    Findings& findings);

/// Compares the exports in DIRECTORY/npz, DIRECTORY/csv and DIRECTORY/json with `runs` in the same way, and
/// counts files left over from earlier exports as faults. Does not compare a file that cannot be read, or one
/// that contains class probabilities if some of them cannot be read or `are_lost`. Ignores exports for
/// TensorBoard, since they contain the time at which they were made.
void verify_exports(const std::filesystem::path& directory, const StoredExperiment& stored,
                    const std::vector<RunRecord>& runs, bool are_lost, Findings& findings);

/// Reports which of summary.json and the exports exist but cannot be compared because runs of the store are
/// damaged or missing. Omits the summary unless `is_summary_read`, since an unreadable summary has already
/// been reported.
void name_uncompared_exports(const std::filesystem::path& directory, bool is_summary_read,
                             Findings& findings);

}  // namespace gpu_sweep
