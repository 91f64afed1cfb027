// Runs that are in a store's write-ahead log but that SQLite does not show.
#pragma once

#include <filesystem>
#include <set>
#include <stop_token>
#include <string>

#include "engine/store/database/ledger.h"
#include "engine/store/database/sqlite.h"

namespace gpu_sweep {

/// Returns the keys of runs that `ledger` names but `database`, opened from `file`, does not show. Returns
/// none if `file` has no log that could hold them. `ledger` must have been read before `database` was opened.
std::set<std::string> unshown_runs(const std::filesystem::path& file, sqlite::Database& database,
                                   const LedgerContents& ledger);

/// Throws Error(kCorrupt) if any of the `unshown` runs can be read from the bytes of `file` and its log.
/// SQLite drops the last transaction of a log if a bit in it flipped. A scan cannot tell this from a power
/// cut, but the ledger can, since it names only durable runs. Throws Error(kOutput) if the disk cannot be
/// read, and Error(kBusy) after a stop request. No database of this process may have `file` open: closing any
/// descriptor of a file drops all POSIX locks that the process holds on it, including SQLite's.
void check_hidden_runs(const std::filesystem::path& file, const std::set<std::string>& unshown,
                       const std::stop_token& stop = {});

}  // namespace gpu_sweep
