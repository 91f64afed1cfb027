// Finds files that an earlier export left in the folder of a later one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns whether an npz export may produce a file called `name`.
bool is_npz_export(const std::string& name);

/// Returns the sorted paths of files in `directory` that, judging by their names, an export of `format` wrote
/// and that are not among `names` (relative to `directory`), which this export writes. A TensorBoard folder
/// that is not `owned` by one study may contain curves of several: there, only files of models that occur in
/// `names` count. Links never count. Throws Error(kOutput) if a folder cannot be searched.
std::vector<std::filesystem::path> export_leftovers(const std::string& format,
                                                    const std::filesystem::path& directory,
                                                    const std::vector<std::string>& names, bool owned);

}  // namespace gpu_sweep
