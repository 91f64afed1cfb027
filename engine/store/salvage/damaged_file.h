// Keeps damaged store files under other names.
#pragma once

#include <filesystem>
#include <optional>

namespace gpu_sweep {

/// Gives `file` a second name, the first free one of the form FILE.damaged-N, and renames the files that
/// SQLite keeps beside it (-wal, -shm) to match. `file` keeps its first name until it is replaced. Durable on
/// return. If `file` is gone, only renames the files beside it. Returns the new name of `file`, or of its log
/// if `file` is gone. Throws Error(kOutput).
std::filesystem::path keep_damaged(const std::filesystem::path& file);

/// Renames the ledger of a store that is gone to FILE.damaged-N-ledger. Returns the new name. Throws
/// Error(kOutput).
std::filesystem::path set_ledger_aside(const std::filesystem::path& file);

/// Returns the new name of `file` if `keep_damaged` has finished with it, otherwise nothing. If it has, the
/// store that is to replace `file` is complete, and the side files exist only under the new name. Throws
/// Error(kOutput).
std::optional<std::filesystem::path> kept_damaged(const std::filesystem::path& file);

}  // namespace gpu_sweep
