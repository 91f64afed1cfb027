// Moves damaged store files out of the way, to other names.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Links `file` under a second name, the first free one of the form FILE.damaged-N, and renames its side
/// files to match; durable on return. If `file` is gone, moves only its side files. Returns the new name of
/// `file`, or of its log if `file` is gone. Throws Error(kOutput).
std::filesystem::path keep_damaged(const std::filesystem::path& file);

/// Renames the ledger of a store that is gone in the same way. Returns its new name. Throws Error(kOutput).
std::filesystem::path set_ledger_aside(const std::filesystem::path& file);

/// If `keep_damaged` has kept all of `file`, returns the new name. The replacement of `file` was complete by
/// then, and only the new name has the contents of its side files.
std::optional<std::filesystem::path> kept_damaged(const std::filesystem::path& file);

}  // namespace gpu_sweep
