// Failures of SQLite as errors of the program.
#pragma once

#include <string>

struct sqlite3;

namespace gpu_sweep::sqlite {

/// Throws the error that `result`, a code of SQLite for an operation on the database `file`, stands for:
/// those that Database lists (sqlite.h). `handle` is null only if SQLite had no memory for it.
[[noreturn]] void fail(const std::string& file, int result, sqlite3* handle);

}  // namespace gpu_sweep::sqlite
