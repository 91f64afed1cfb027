// Moves damaged store files out of the way, to other names.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Links `file` to the first free name of the form FILE.damaged-N as well, and moves its side files there;
/// durable on return. If `file` is gone, moves only its side files. Returns the new name of `file`, or of its
/// log if `file` is gone. Throws Error(kOutput).
std::filesystem::path keep_damaged(const std::filesystem::path& file);

/// Moves the ledger of a store that is gone in the same way. Returns its new name. Throws Error(kOutput).
std::filesystem::path set_ledger_aside(const std::filesystem::path& file);

/// Returns the name under which `keep_damaged` has kept all of `file`, if it has. The replacement of `file`
/// was then complete, and the contents of its side files are now only under that name.
std::optional<std::filesystem::path> kept_damaged(const std::filesystem::path& file);

}  // namespace gpu_sweep
