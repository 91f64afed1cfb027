#include "engine/store/salvage/damaged_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/store/database/ledger.h"
#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

fs::path beside(const fs::path& file, const std::string& suffix) { return fs::path(file) += suffix; }

fs::path damaged_name(const fs::path& file, int number) {
  return beside(file, ".damaged-" + std::to_string(number));
}

/// Returns how many damaged files are kept beside `file`, including those of which only a side file exists.
int damaged_files(const fs::path& file) {
  int count = 0;
  const auto is_taken = [&](const fs::path& name) {
    return fs::exists(name) || fs::exists(beside(name, "-wal")) || fs::exists(ledger_file(name));
  };
  while (is_taken(damaged_name(file, count + 1))) ++count;
  return count;
}

/// Links `file` to `copy`, or copies it if the file system has no hard links. Durable on return; leaves no
/// `copy` if it fails.
void link_or_copy(const fs::path& file, const fs::path& copy) {
  std::error_code no_links;
  fs::create_hard_link(file, copy, no_links);
  try {
    if (no_links) {
      fs::copy_file(file, copy);
      sync_file(copy);
    }
    sync_directory(fs::absolute(copy).parent_path());
  } catch (...) {
    std::error_code ignored;
    fs::remove(copy, ignored);
    throw;
  }
}

void move_side_files(const fs::path& file, const fs::path& to) {
  for (const char* suffix : {"-wal", "-shm"}) {
    if (fs::exists(beside(file, suffix))) fs::rename(beside(file, suffix), beside(to, suffix));
  }
  sync_directory(fs::absolute(file).parent_path());
}

bool have_same_bytes(const fs::path& one, const fs::path& other) {
  if (fs::equivalent(one, other)) return true;
  if (fs::file_size(one) != fs::file_size(other)) return false;
  std::ifstream first(one, std::ios::binary), second(other, std::ios::binary);
  return first && second &&
         std::equal(std::istreambuf_iterator<char>(first), {}, std::istreambuf_iterator<char>(second));
}

}  // namespace

fs::path keep_damaged(const fs::path& file) {
  try {
    const fs::path kept = damaged_name(file, damaged_files(file) + 1);
    const bool is_gone = !fs::exists(file);
    if (!is_gone) link_or_copy(file, kept);
    // The move must be durable: if side files reappeared after a power cut, SQLite would apply them to the
    // next file of this name.
    move_side_files(file, kept);
    return is_gone ? beside(kept, "-wal") : kept;
  } catch (const fs::filesystem_error& error) {
    throw Error(ExitCode::kOutput,
                "cannot keep the damaged " + file.string() + ": " + error.code().message());
  }
}

fs::path set_ledger_aside(const fs::path& file) {
  fs::path kept;
  try {
    kept = ledger_file(damaged_name(file, damaged_files(file) + 1));
    fs::rename(ledger_file(file), kept);
  } catch (const fs::filesystem_error& error) {
    fail_to_write(kept.empty() ? file : kept, error.code().value());
  }
  sync_directory(fs::absolute(file).parent_path());
  return kept;
}

std::optional<fs::path> kept_damaged(const fs::path& file) {
  try {
    const fs::path side_file = beside(file, "-wal");
    if (fs::exists(side_file) && fs::file_size(side_file) > 0) return std::nullopt;
    const fs::path kept = damaged_name(file, damaged_files(file));
    if (!fs::exists(kept) || !have_same_bytes(file, kept)) return std::nullopt;
    return kept;
  } catch (const fs::filesystem_error& error) {
    throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": " + error.code().message());
  }
}

}  // namespace gpu_sweep
