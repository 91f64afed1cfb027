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

/// Returns the part of the study that an export of `format` ("npz", "csv", "json") contains, as far as its
/// own files name models and seeds. Making the export again from that part gives the same bytes if the export
/// is sound. Returns nothing if the files do not name models and seeds, or name a run that `runs` lacks.
std::optional<ExportedPart> exported_part(const std::string& format, const ReadExport& read,
                                          const StoredExperiment& stored, const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
