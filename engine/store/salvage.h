// What can still be read out of a store whose structure is damaged.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Makes the store `into` of the experiment and every run of `damaged` that can be read and matches its
/// checksum; returns how many runs these are. Nothing, and no file, where not even the experiment can be
/// read. `damaged` is only read.
std::optional<int> salvage_store(const std::filesystem::path& damaged, const std::filesystem::path& into);

/// Removes a database and its side files, if they are there.
void remove_database(const std::filesystem::path& file);

}  // namespace gpu_sweep
