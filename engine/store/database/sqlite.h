// SQLite with RAII handles, and its failures as Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace gpu_sweep::sqlite {

enum class Access {
  kRead,       ///< reads while others may write; must be able to make SQLite's side files (-wal, -shm)
  kReadAlone,  ///< reads file and log while nothing may write them; makes no side files
  kReadWrite,
  kCreate,  ///< creates the file and its side files with the permissions that the umask allows
};

/// Returns whether the database `file` has a write-ahead log that is not empty. Throws Error(kOutput) if that
/// cannot be determined.
bool has_log(const std::filesystem::path& file);

class Statement;

/// One open database. A hostile file cannot make it run code: no extension, trigger or view is trusted. If a
/// member fails, it throws an Error that names the file: kBusy if another process holds the file, kCorrupt if
/// it is damaged, is not a database, or lacks the tables that the program's fixed SQL names, and kOutput for
/// every failure that says nothing about its contents (disk full, permission, I/O error, locks that fail).
/// Throws std::bad_alloc if SQLite has no memory.
class Database {
 public:
  /// Closing keeps a log left by another process, unless keep_log(false) is called.
  Database(const std::filesystem::path& file, Access access);

  /// Makes a database in memory; messages call it `name`.
  static Database in_memory(const std::filesystem::path& name);

  /// Runs one or more statements that return no rows.
  void execute(const std::string& sql);
  Statement prepare(const std::string& sql);
  std::int64_t integer(const std::string& sql);  ///< first column of the first row; 0 without rows

  /// Returns in one line how the structure of the file is damaged (its size or SQLite's integrity check), or
  /// nothing if the structure is sound.
  std::optional<std::string> damage();

  /// Moves the contents of the write-ahead log into the file and empties the log, or does as much of this as
  /// is possible without waiting for readers. Ignores failures, such as a full disk: committed transactions
  /// are durable either way. Resets the busy timeout to ten seconds.
  void checkpoint();

  /// Does what checkpoint() does, but waits for other processes as set_busy_timeout says, and throws Error if
  /// anything is left in the log.
  void empty_log();

  /// Sets whether closing leaves the log unchanged. If not, the last connection to close moves the log's
  /// readable parts into the file and deletes the whole log, including parts that SQLite cannot read.
  void keep_log(bool keep);

  /// Sets how long a call waits for another process to release the file before it throws Error(kBusy).
  void set_busy_timeout(int milliseconds);

  /// Replaces the contents of `to` by a consistent copy of this database, which other processes may write
  /// meanwhile.
  void copy_to(Database& to);

 private:
  explicit Database(std::filesystem::path name) : file_(std::move(name)) {}
  void open(const std::string& uri, int flags);

  /// If the file is truncated, returns how. SQLite does not report this: it reads a truncated last page as if
  /// zeros followed.
  std::optional<std::string> cut_short();

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Parameters count from 1, columns from 0. Must not outlive its database.
class Statement {
 public:
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, const std::string& value);
  Statement& bind(int parameter, std::span<const std::byte> value);
  Statement& bind(int parameter, std::nullopt_t);

  bool step();  ///< returns whether there is another row
  void run();   ///< steps to the end

  int columns() const;  ///< of each row; ALTER TABLE may change it until the first step()
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::vector<std::byte> blob(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::string file) : statement_(statement), file_(std::move(file)) {}
  void check(int result);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string file_;
};

/// A transaction that is rolled back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();  ///< durable when this returns

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace gpu_sweep::sqlite
