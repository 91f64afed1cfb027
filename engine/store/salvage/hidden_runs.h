// Runs of a store that SQLite does not show, and that stand in its write-ahead log all the same.
#pragma once

#include <filesystem>
#include <stop_token>

#include "engine/store/database/ledger.h"
#include "engine/store/database/sqlite.h"

namespace gpu_sweep {

/// No scan can tell a flipped bit in the last transaction of a log from a power cut, and SQLite drops the
/// transaction. The ledger can tell: it names nothing that was not durable. Throws Error(kCorrupt) where runs
/// that `ledger`, read before `database` was opened, names can be read out of the bytes of `file` and its
/// log, and `database`, which has `file` open, does not show them, Error(kOutput) where the disk
/// cannot be read, and Error(kBusy) once a stop is requested.
void check_hidden_runs(const std::filesystem::path& file, sqlite::Database& database,
                       const LedgerContents& ledger, const std::stop_token& stop = {});

}  // namespace gpu_sweep
