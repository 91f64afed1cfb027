// Finds files that an earlier export left in the folder of a later one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns whether an npz export may produce a file called `name`.
bool is_npz_export(const std::string& name);

/// Returns the sorted paths of the files in `directory` that an earlier export of `format` wrote, judging by
/// their names. Excludes `names`, the files of the later export (relative to `directory`). Empty for formats
/// that always write the same files ("csv", "json"). A TensorBoard folder that is not `owned` by one study
/// may contain curves of several studies: there, only files of models that occur in `names` count. Links
/// never count. Throws Error(kOutput) if an existing folder cannot be searched.
std::vector<std::filesystem::path> export_leftovers(const std::string& format,
                                                    const std::filesystem::path& directory,
                                                    const std::vector<std::string>& names, bool owned);

}  // namespace gpu_sweep
