#include "engine/store/salvage.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/store/run_schema.h"
#include "engine/store/sqlite.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

fs::path beside(const fs::path& file, const std::string& suffix) { return fs::path(file) += suffix; }

/// Bytes that the database should have, by its header; 0 where that makes no sense.
std::uintmax_t nominal_bytes(const fs::path& file) {
  std::array<unsigned char, 32> header{};
  std::ifstream(file, std::ios::binary).read(reinterpret_cast<char*>(header.data()), header.size());
  const std::uintmax_t page = std::uintmax_t{header[16]} << 8 | header[17];
  std::uintmax_t pages = 0;
  for (std::size_t i = 28; i < 32; ++i) pages = pages << 8 | header[i];
  return page * pages;
}

/// A copy to read from. SQLite refuses a file that is too short as a whole: zeros stand for what is missing,
/// and cost only the runs that stood there.
void copy_padded(const fs::path& damaged, const fs::path& copy) {
  constexpr std::uintmax_t kMostPadding = std::uintmax_t{1} << 32;  // a damaged header may say anything
  fs::copy_file(damaged, copy);
  if (fs::exists(beside(damaged, "-wal"))) fs::copy_file(beside(damaged, "-wal"), beside(copy, "-wal"));
  const std::uintmax_t bytes = fs::file_size(copy);
  const std::uintmax_t nominal = nominal_bytes(copy);
  if (nominal > bytes && nominal - bytes < kMostPadding) fs::resize_file(copy, nominal);
}

/// Copies the runs that are whole, one by one: each may stand on a page that cannot be read.
int copy_runs(sqlite::Database& from, sqlite::Database& to, std::uintmax_t bytes) {
  constexpr std::uintmax_t kLeastRow = 300;  // keys, checksum and final figures alone take more
  int runs = 0;
  for (std::int64_t number = 1; number <= static_cast<std::int64_t>(bytes / kLeastRow); ++number) {
    try {
      const auto row = find_run(from, number);
      if (!row || !is_intact(*row)) continue;
      insert_run(to, *row);
      ++runs;
    } catch (const Error& error) {
      if (error.code() != ExitCode::kCorrupt) throw;
    }
  }
  return runs;
}

int copy_store(const fs::path& copy, const fs::path& into) {
  sqlite::Database from(copy, sqlite::Access::kReadWrite);
  sqlite::Database to(into, sqlite::Access::kCreate);
  create_schema(to);
  sqlite::Transaction transaction(to);
  for (const char* name : kStudyValues) {
    write_study_value(to, name, read_study_value(from, copy.string(), name));
  }
  const int runs = copy_runs(from, to, fs::file_size(copy));
  transaction.commit();
  to.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return runs;
}

}  // namespace

std::optional<int> salvage_store(const fs::path& damaged, const fs::path& into) {
  const fs::path copy = beside(into, ".copy");
  remove_database(copy);
  remove_database(into);
  std::optional<int> runs;
  try {
    copy_padded(damaged, copy);
    runs = copy_store(copy, into);
  } catch (const Error& error) {
    remove_database(copy);
    remove_database(into);
    if (error.code() != ExitCode::kCorrupt) throw;
  } catch (const fs::filesystem_error& error) {
    remove_database(copy);
    throw Error(ExitCode::kOutput,
                "cannot copy the damaged " + damaged.string() + ": " + error.code().message());
  }
  remove_database(copy);
  return runs;
}

void remove_database(const fs::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(beside(file, suffix), ignored);
  }
}

}  // namespace gpu_sweep
