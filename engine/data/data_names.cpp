#include "engine/data/data_names.h"

#include <algorithm>
#include <limits>
#include <system_error>

namespace gpu_sweep {
namespace fs = std::filesystem;
namespace {

/// Removes `word`, and the separator before it, from the end of `name`. Adds to `rank` if the separator is
/// not a dash. Returns false if `name` does not end with `word`, or if `word` follows anything but a
/// separator.
bool take_last(std::string_view& name, std::string_view word, int& rank) {
  if (!name.ends_with(word)) return false;
  name.remove_suffix(word.size());
  if (name.empty()) return true;
  constexpr std::string_view kSeparators = "-._";
  const char separator = name.back();
  if (kSeparators.find(separator) == std::string_view::npos) return false;
  if (separator != '-') rank += 2;
  name.remove_suffix(1);
  return true;
}

/// Returns the path of the data file that `entry` stands for. This is `entry` itself or, if `entry` is a
/// directory, the file inside it whose name fits file number `file`. Returns an empty path if there is none.
fs::path file_behind(const fs::path& entry, std::size_t file, UnreadPlace& unread) {
  std::error_code error;
  const fs::file_status status = fs::status(entry, error);
  if (!fs::status_known(status)) unread.note(entry, error);
  if (!fs::exists(status)) return {};
  if (!fs::is_directory(status)) return entry;
  fs::path found;
  int found_rank = std::numeric_limits<int>::max();
  for (fs::directory_iterator inner(entry, error), end; !error && inner != end; inner.increment(error)) {
    const auto name = parse_data_file_name(inner->path().filename().string());
    if (!name || name->file != file || name->rank >= found_rank || inner->is_directory(error)) continue;
    found = inner->path();
    found_rank = name->rank;
  }
  unread.note(entry, error);
  return found;
}

}  // namespace

std::optional<DataFileName> parse_data_file_name(std::string_view name) {
  DataFileName parsed;
  if (name.ends_with(".gz")) {
    parsed.rank += 1;
    name.remove_suffix(3);
  }
  if (!take_last(name, "ubyte", parsed.rank)) return std::nullopt;
  const bool images = name.ends_with("idx3");
  if (!take_last(name, images ? "idx3" : "idx1", parsed.rank)) return std::nullopt;
  if (!take_last(name, images ? "images" : "labels", parsed.rank)) return std::nullopt;
  const bool train = name.ends_with("train");
  if (!train && name.ends_with("test")) parsed.rank += 1 << 8;
  if (!take_last(name, train ? "train" : name.ends_with("test") ? "test" : "t10k", parsed.rank)) {
    return std::nullopt;
  }
  parsed.set = name;
  parsed.file = (train ? 0u : 2u) + (images ? 0u : 1u);
  return parsed;
}

bool DataSetFiles::whole() const {
  return std::ranges::none_of(files, [](const fs::path& file) { return file.empty(); });
}

void UnreadPlace::note(const fs::path& of, const std::error_code& error) {
  const bool is_absent = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  if (!error || is_absent || !place.empty()) return;
  place = of;
  reason = error.message();
}

std::map<std::string, DataSetFiles> data_sets_in(const fs::path& directory, UnreadPlace& unread) {
  std::map<std::string, DataSetFiles> sets;
  std::map<fs::path, int> ranks;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = parse_data_file_name(entry->path().filename().string());
    if (!name) continue;
    const fs::path file = file_behind(entry->path(), name->file, unread);
    if (file.empty()) continue;
    fs::path& best = sets[name->set].files[name->file];
    if (!best.empty() && ranks.at(best) <= name->rank) continue;
    best = file;
    ranks[best] = name->rank;
  }
  unread.note(directory, error);
  return sets;
}

}  // namespace gpu_sweep
