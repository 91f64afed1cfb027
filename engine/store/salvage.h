// What can still be read out of a store whose structure is damaged.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Makes the store `into` of the experiment and every run of `damaged` that can be read and matches its
/// checksum; returns how many runs these are. Nothing, and no file, where not even the experiment can be
/// read. `damaged` is only read.
std::optional<int> salvage_store(const std::filesystem::path& damaged, const std::filesystem::path& into);

/// Gives `file` the first free name of the form FILE.damaged-N as well, and moves its side files there.
/// Returns the name.
std::filesystem::path keep_damaged(const std::filesystem::path& file);

/// The name under which `keep_damaged` has kept `file` whole, if it has: what replaces `file` was complete
/// then, and what `file` had in its side files is read from there alone.
std::optional<std::filesystem::path> kept_damaged(const std::filesystem::path& file);

/// Removes a database and its side files, if they are there.
void remove_database(const std::filesystem::path& file);

}  // namespace gpu_sweep
