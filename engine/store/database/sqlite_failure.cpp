#include "engine/store/database/sqlite_failure.h"

#include <sqlite3.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <optional>
#include <string_view>

#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep::sqlite {

namespace {

/// Returns whether this error message means that the tables or columns named in the program's SQL are
/// missing, or that SQLite does not know the format of the schema.
bool is_of_the_schema(std::string_view message) {
  return message.starts_with("no such ") || message.find(" has no column named ") != std::string_view::npos ||
         message == "unsupported file format";
}

/// Throws Error(kOutput) if no side file (-wal, -shm) can be written beside the database. SQLite retries a
/// failed open read-only and reports only the error of that attempt; this check finds the real reason.
void check_place(const std::string& file) {
  try {
    check_writable(file + "-wal");
  } catch (const Error& error) {
    throw Error(error.code(), "cannot open " + file + ": " + error.what());
  }
}

/// Returns which file of a database has no room to grow under this process's limit (ulimit -f), if any.
/// SQLite names neither the file nor the reason.
std::optional<std::string> file_at_size_limit(const std::string& file) {
  constexpr std::uintmax_t kGrowth = 1 << 15;  // largest growth at once: of a page or of the log's index
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  for (const char* suffix : {"-wal", "-shm", ""}) {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(file + suffix, error);
    if (!error && bytes + kGrowth > limit.rlim_cur) return file + suffix;
  }
  return std::nullopt;
}

}  // namespace

void fail(const std::string& file, int result, sqlite3* handle) {
  if (!handle) throw std::bad_alloc();
  const std::string message = sqlite3_errmsg(handle);
  if (result == SQLITE_FULL || result == SQLITE_IOERR_WRITE || result == SQLITE_IOERR_SHMSIZE) {
    if (const auto full = file_at_size_limit(file)) fail_to_write(*full, EFBIG);
  }
  switch (result & 0xff) {
    case SQLITE_NOMEM:
      throw std::bad_alloc();
    case SQLITE_FULL:
      throw OutOfSpace("cannot write " + file + ": no space left on the disk");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ExitCode::kBusy, file + " is in use by another process");
    case SQLITE_ERROR:
      if (!is_of_the_schema(message)) break;
      [[fallthrough]];
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
      throw Error(ExitCode::kCorrupt, file + " is damaged: " + message);
    case SQLITE_IOERR:
      if (result != SQLITE_IOERR_SHORT_READ) break;
      throw Error(ExitCode::kCorrupt, file + " is damaged: it or its log ends too early");
    case SQLITE_CANTOPEN:
      check_place(file);
      break;
    default:
      break;
  }
  // Any other error says nothing about the file's contents, which may be intact.
  const int reason = sqlite3_system_errno(handle);
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) fail_to_write(file, reason);
  const std::string detail = reason ? std::string(" (") + std::strerror(reason) + ")" : "";
  throw Error(ExitCode::kOutput, "cannot open or write " + file + ": " + message + detail);
}

}  // namespace gpu_sweep::sqlite
