// Runs that are in a store's write-ahead log but that SQLite does not show.
#pragma once

#include <filesystem>
#include <stop_token>

#include "engine/store/database/ledger.h"
#include "engine/store/database/sqlite.h"

namespace gpu_sweep {

/// A scan cannot distinguish a flipped bit in the last transaction of a log from a power cut, and SQLite
/// drops the transaction. The ledger can, since it names only durable runs. Throws Error(kCorrupt) if runs
/// named by `ledger` can be read from the bytes of `file` and its log although `database`, which has `file`
/// open, does not show them. `ledger` must have been read before `database` was opened. Throws Error(kOutput)
/// if the disk cannot be read, and Error(kBusy) after a stop request.
void check_hidden_runs(const std::filesystem::path& file, sqlite::Database& database,
                       const LedgerContents& ledger, const std::stop_token& stop = {});

}  // namespace gpu_sweep
