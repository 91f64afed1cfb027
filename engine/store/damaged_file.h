// Store files that must give way, under other names.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Gives `file` the first free name of the form FILE.damaged-N as well, and moves its side files there;
/// durable when it returns. Returns the name. Throws Error(kOutput).
std::filesystem::path keep_damaged(const std::filesystem::path& file);

/// Moves side files away whose database `file` is gone, in the same way: SQLite would read them into the next
/// database of that name. Returns the new name of the one with runs in it, if there is one.
std::optional<std::filesystem::path> set_orphans_aside(const std::filesystem::path& file);

/// Moves the ledger of a store away that is gone, in the same way. Returns its new name. Throws
/// Error(kOutput).
std::filesystem::path set_ledger_aside(const std::filesystem::path& file);

/// The name under which `keep_damaged` has kept `file` whole, if it has: what replaces `file` was complete
/// then, and what `file` had in its side files is read from there alone.
std::optional<std::filesystem::path> kept_damaged(const std::filesystem::path& file);

}  // namespace gpu_sweep
