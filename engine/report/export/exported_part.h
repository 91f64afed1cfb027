// Finds the runs that an export contains, to tell an earlier export from a damaged one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// The part of a study that existed when an export was made.
struct ExportedPart {
  StoredExperiment stored;
  std::vector<RunRecord> runs;
};

/// Returns the bytes of a file of the export by its name, or nothing if there is no such file.
using ReadExport = std::function<std::optional<std::string>(const std::string& name)>;

/// Returns the part of the study that an export of `format` ("npz", "csv", "json") contains, according to the
/// models and seeds that its history.npz, runs.csv or summary.json names. Exporting that part again gives the
/// same bytes if the export is sound. Returns nothing if the file is absent or cannot be parsed. Also returns
/// nothing if history.npz or summary.json names a run that `runs` lacks, or if the experiment in summary.json
/// has more runs per model than `stored`; rows of runs.csv that name other runs are ignored. Throws what
/// `read` throws.
std::optional<ExportedPart> exported_part(const std::string& format, const ReadExport& read,
                                          const StoredExperiment& stored, const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
