// What an earlier export left in a folder beside the files of a later one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Whether `name` is one that an npz export gives a file.
bool is_npz_export(const std::string& name);

/// Files in `directory` that an export of `format` wrote, by their names, and that one of the files `names`,
/// relative to `directory`, does not write again; sorted. A folder for TensorBoard that is not `owned` by one
/// study may hold curves of several: there, only files of models that `names` has count. No link counts.
std::vector<std::filesystem::path> export_leftovers(const std::string& format,
                                                    const std::filesystem::path& directory,
                                                    const std::vector<std::string>& names, bool owned);

}  // namespace gpu_sweep
