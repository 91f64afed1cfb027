#include "engine/store/database/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "engine/store/database/sqlite_failure.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep::sqlite {

namespace {

/// Throws Error(kOutput) if the full name of `file` is so long that a name with the suffix of a side file
/// would exceed SQLite's limit. SQLite's own error would not name the reason.
void check_length(const std::filesystem::path& file) {
  constexpr std::size_t kMost = 504;
  const std::size_t bytes = std::filesystem::absolute(file).native().size();
  if (bytes <= kMost) return;
  throw Error(ExitCode::kOutput, "cannot open " + file.string() + ": its full name has " +
                                     std::to_string(bytes) + " bytes, expected at most " +
                                     std::to_string(kMost));
}

/// Returns the size of a database's write-ahead log, or nothing if there is none. Throws Error(kOutput) if
/// that cannot be determined: without its log a database may look whole and lack runs.
std::optional<std::uintmax_t> log_bytes(const std::filesystem::path& file) {
  const std::filesystem::path log = std::filesystem::path(file) += "-wal";
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(log, error);
  if (!error) return bytes;
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory ||
      error == std::errc::filename_too_long) {
    return std::nullopt;
  }
  throw Error(ExitCode::kOutput, "cannot look up " + log.string() + ": " + error.message());
}

/// Returns a URI, to which options can be added. Escapes every byte that is not certainly harmless.
std::string file_uri(const std::filesystem::path& file) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri;
}

/// Returns the URI for opening `file`. Even kRead opens for writing, so that the last process to close can
/// remove the side files. kReadAlone makes no side files: it opens without locks if there is a log, and as
/// immutable otherwise.
std::string uri_of(const std::filesystem::path& file, Access access) {
  check_length(file);
  const std::string uri = file_uri(file);
  if (access != Access::kReadAlone) return uri;
  return uri + (log_bytes(file) ? "?mode=ro&vfs=unix-none" : "?immutable=1");
}

int flags_of(Access access) {
  if (access == Access::kReadAlone) return SQLITE_OPEN_READONLY;
  return SQLITE_OPEN_READWRITE | (access == Access::kCreate ? SQLITE_OPEN_CREATE : 0);
}

/// Creates the file, because SQLite would create it with mode 0644 even if the umask allows more. If this
/// fails, and not because the file exists, SQLite reports the failure when it opens the file.
void make_empty(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor >= 0) ::close(descriptor);
}

/// Hardens the connection against crafted files (https://www.sqlite.org/security.html).
void protect(sqlite3* handle) {
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  constexpr std::array<std::pair<int, int>, 5> kLimits = {
      {{SQLITE_LIMIT_LENGTH, 1 << 28},  // of a row, in bytes
       {SQLITE_LIMIT_SQL_LENGTH, 100'000},
       {SQLITE_LIMIT_COLUMN, 100},
       {SQLITE_LIMIT_EXPR_DEPTH, 50},
       {SQLITE_LIMIT_ATTACHED, 0}}};
  for (const auto& [limit, value] : kLimits) sqlite3_limit(handle, limit, value);
}

}  // namespace

bool has_log(const std::filesystem::path& file) { return log_bytes(file).value_or(0) > 0; }

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

void Database::open(const std::string& uri, int flags) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(uri.c_str(), &handle, flags | SQLITE_OPEN_URI, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) fail(file_.string(), result, handle);
  sqlite3_extended_result_codes(handle, 1);
  protect(handle);
  set_busy_timeout(10'000);  // readers hold the file only briefly
  execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
}

Database::Database(const std::filesystem::path& file, Access access) : Database(file) {
  const std::string uri = uri_of(file, access);
  if (access == Access::kCreate) make_empty(file);
  open(uri, flags_of(access));
  keep_log((access == Access::kRead || access == Access::kReadWrite) && has_log(file));
  if (access == Access::kReadAlone) execute("PRAGMA locking_mode=EXCLUSIVE");
  if (access == Access::kRead || access == Access::kReadAlone) execute("PRAGMA query_only=ON");
}

Database Database::in_memory(const std::filesystem::path& name) {
  Database database(name);
  database.open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  return database;
}

void Database::set_busy_timeout(int milliseconds) { sqlite3_busy_timeout(handle_.get(), milliseconds); }

void Database::checkpoint() {
  constexpr int kAtOnce = 0, kUsual = 10'000;
  set_busy_timeout(kAtOnce);
  sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  set_busy_timeout(kUsual);
}

void Database::empty_log() {
  int frames = 0;
  const int result =
      sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &frames, nullptr);
  if (result != SQLITE_OK) fail(file_.string(), result, handle_.get());
  if (frames > 0 || has_log(file_)) {
    throw Error(ExitCode::kOutput, "cannot write " + file_.string() + ": its write-ahead log is not empty");
  }
}

void Database::keep_log(bool keep) {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

void Database::copy_to(Database& to) {
  constexpr int kAllPages = -1;
  sqlite3_backup* backup = sqlite3_backup_init(to.handle_.get(), "main", handle_.get(), "main");
  if (!backup) fail(to.file_.string(), sqlite3_errcode(to.handle_.get()), to.handle_.get());
  const int result = sqlite3_backup_step(backup, kAllPages);
  sqlite3_backup_finish(backup);
  if (result == SQLITE_DONE) return;
  const bool read = sqlite3_errcode(to.handle_.get()) == SQLITE_OK;
  Database& failed = read ? *this : to;
  fail(failed.file_.string(), result, failed.handle_.get());
}

void Database::execute(const std::string& sql) {
  const int result = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(file_.string(), result, handle_.get());
}

Statement Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &statement, nullptr);
  if (result != SQLITE_OK) fail(file_.string(), result, handle_.get());
  return Statement(statement, file_.string());
}

std::int64_t Database::integer(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::optional<std::string> Database::damage() {
  if (auto cut = cut_short()) return cut;
  Statement statement = prepare("PRAGMA integrity_check(1)");
  if (!statement.step()) return "the integrity check gave no answer";
  std::string answer = statement.text(0);
  if (answer == "ok") return std::nullopt;
  std::replace(answer.begin(), answer.end(), '\n', ' ');  // SQLite writes a headline and the fault below it
  return answer;
}

std::optional<std::string> Database::cut_short() {
  // If there is a log, pages may exist only there, and the database file is legitimately shorter.
  if (has_log(file_)) return std::nullopt;
  const std::int64_t expected = integer("PRAGMA page_count") * integer("PRAGMA page_size");
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file_, error);
  if (error) throw Error(ExitCode::kOutput, "cannot read " + file_.string() + ": " + error.message());
  const auto found = static_cast<std::int64_t>(bytes);
  if (found >= expected || has_log(file_)) return std::nullopt;
  return "it ends after " + std::to_string(found) + " of " + std::to_string(expected) + " bytes";
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::check(int result) {
  if (result != SQLITE_OK) fail(file_, result, sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, const std::string& value) {
  check(sqlite3_bind_text64(statement_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int parameter, std::span<const std::byte> value) {
  // A null pointer, which an empty vector may have, would bind NULL.
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  check(sqlite3_bind_blob64(statement_.get(), parameter, data, value.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind(int parameter, std::nullopt_t) {
  check(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  fail(file_, result, sqlite3_db_handle(statement_.get()));
}

void Statement::run() {
  while (step()) {
  }
}

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return data ? std::string(data, static_cast<std::size_t>(bytes)) : std::string();
}

std::vector<std::byte> Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return data ? std::vector<std::byte>(data, data + bytes) : std::vector<std::byte>();
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const std::exception&) {
    // Some failures (a full disk) have already rolled back: nothing is left to undo.
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace gpu_sweep::sqlite
