// SQLite with owners for its handles, and its failures as Error.
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
  kRead,       ///< beside others that may write; wants to make side files
  kReadAlone,  ///< what nobody writes meanwhile: the file and its log, and nothing is made
  kReadWrite,
  kCreate,  ///< the file has the permissions that the umask leaves, and gives them to its side files
};

/// Whether the write-ahead log of the database `file` holds anything.
bool has_log(const std::filesystem::path& file);

class Statement;

/// One open database file. Hostile files cannot make it run code: no extension, trigger or view is trusted.
/// All members throw Error naming the file: kBusy where another process holds it, kCorrupt where it is
/// damaged, not a database or without the tables that the program's fixed SQL names, and kOutput for whatever
/// says nothing of its contents (disk full, permission, I/O error, locks that fail).
class Database {
 public:
  /// A log that another process left is kept when the file is closed, unless `keep_log` says otherwise.
  Database(const std::filesystem::path& file, Access access);

  /// A database that no file holds, and that messages call `name`.
  static Database in_memory(const std::filesystem::path& name);

  /// One or more statements that return no rows.
  void execute(const std::string& sql);
  Statement prepare(const std::string& sql);
  std::int64_t integer(const std::string& sql);  ///< first column of the first row; 0 without rows

  /// Why the structure of the file is damaged, in one line: its size or SQLite's integrity check. Nothing
  /// where it is not.
  std::optional<std::string> damage();

  /// Moves what the write-ahead log holds into the file and empties the log, as far as that can be done
  /// without waiting for readers or for space. What is committed is durable either way.
  void checkpoint();

  /// The same, where nothing may be left in the log: throws Error where anything is.
  void empty_log();

  /// Whether closing leaves the log as it stands. Else the last connection to close moves what SQLite can
  /// read of it into the file and deletes it, and with it whatever SQLite cannot read.
  void keep_log(bool keep);

  /// How long a call waits for another process to give the file back before it throws Error(kBusy).
  void set_busy_timeout(int milliseconds);

  /// Copies everything into `to`, which it replaces, as it stood at one moment; others may write meanwhile.
  void copy_to(Database& to);

 private:
  explicit Database(std::filesystem::path name) : file_(std::move(name)) {}
  void open(const std::string& uri, int flags);

  /// SQLite reads a file that ends within its last page as if zeros followed.
  std::optional<std::string> cut_short();

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// One prepared statement. Parameters count from 1, columns from 0. Must not outlive its database.
class Statement {
 public:
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, const std::string& value);
  Statement& bind(int parameter, std::span<const std::byte> value);
  Statement& bind(int parameter, std::nullopt_t);

  bool step();  ///< true while there is a row
  void run();   ///< to the end

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

/// All or nothing: rolls back unless committed.
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
