// Store files that must give way, under other names.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Gives `file` the first free name of the form FILE.damaged-N as well, and moves its side files there;
/// durable when it returns. Where `file` is gone its side files move alone. Returns the name of what is kept:
/// of `file`, or of its log. Throws Error(kOutput).
std::filesystem::path keep_damaged(const std::filesystem::path& file);

/// Moves the ledger of a store away that is gone, in the same way. Returns its new name. Throws
/// Error(kOutput).
std::filesystem::path set_ledger_aside(const std::filesystem::path& file);

/// The name under which `keep_damaged` has kept `file` whole, if it has: what replaces `file` was complete
/// then, and what `file` had in its side files is read from there alone.
std::optional<std::filesystem::path> kept_damaged(const std::filesystem::path& file);

}  // namespace gpu_sweep
