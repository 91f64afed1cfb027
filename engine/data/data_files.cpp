#include "engine/data/data_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/data/content_words.h"
#include "engine/data/data_names.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace fs = std::filesystem;
namespace {

using Sets = std::map<std::string, DataSetFiles>;

/// A complete data set, together with the argument of --data that names it.
struct Choice {
  fs::path place;
  std::array<fs::path, 4> files;
};

/// Finds files that have MNIST's own names. Looks each name up, so it works even without permission to list
/// the directory.
DataSetFiles own_names(const fs::path& directory, UnreadPlace& unread) {
  DataSetFiles set;
  std::error_code error;
  for (std::size_t i = 0; i < set.files.size(); ++i) {
    for (const char* suffix : {"", ".gz"}) {
      const fs::path file = directory / (std::string(kDataFileNames[i]) + suffix);
      if (!set.files[i].empty()) continue;
      const fs::file_status status = fs::status(file, error);
      if (!fs::status_known(status)) unread.note(file, error);
      if (fs::exists(status) && !fs::is_directory(status)) set.files[i] = file;
    }
  }
  return set;
}

/// Returns the complete data sets in `directory`. If the file names of one of them have no prefix
/// (DataFileName::set), returns only this one, and `place` is its argument of --data.
std::vector<Choice> choices_in(const fs::path& directory, const fs::path& place, UnreadPlace& unread) {
  if (const DataSetFiles own = own_names(directory, unread); own.whole()) return {{place, own.files}};
  const Sets sets = data_sets_in(directory, unread);
  if (const auto own = sets.find(""); own != sets.end() && own->second.whole())
    return {{place, own->second.files}};
  std::vector<Choice> choices;
  for (const auto& [name, set] : sets) {
    if (set.whole()) choices.push_back({directory / name, set.files});
  }
  return choices;
}

/// Returns the entries of a directory, sorted: its subdirectories if `directories` is set, otherwise all
/// other entries. Silently omits entries that cannot be listed, so it must be used only where a missing entry
/// does no harm.
std::vector<fs::path> entries_of(const fs::path& directory, bool directories) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code unreadable;
    if (entry->is_directory(unreadable) == directories) entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

/// Returns the complete data sets in raw/ and */raw/.
std::vector<Choice> choices_below(const fs::path& directory, UnreadPlace& unread) {
  std::vector<Choice> choices = choices_in(directory / "raw", directory, unread);
  for (const fs::path& below : entries_of(directory, true)) {
    for (Choice& choice : choices_in(below / "raw", below, unread)) choices.push_back(std::move(choice));
  }
  return choices;
}

std::string several(const std::vector<Choice>& choices) {
  std::vector<std::string> places;
  for (const Choice& choice : choices) places.push_back(choice.place.string());
  return fmt::format("{} data sets, expected one of them: --data {}", choices.size(),
                     fmt::join(places, " or --data "));
}

/// Returns the similarity of two names, computed from their longest common subsequence. It is 1 for equal
/// names.
double likeness(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1), next(b.size() + 1);
  for (const char c : a) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      next[j + 1] = c == b[j] ? row[j] + 1 : std::max(row[j + 1], next[j]);
    }
    std::swap(row, next);
  }
  return 2.0 * static_cast<double>(row.back()) / static_cast<double>(a.size() + b.size());
}

/// Returns, for example, "; the closest name there is 'train-images.zip', a zip archive (unpack it)". Returns
/// "" if no name is similar.
std::string nearest_there(const fs::path& directory, const char* wanted) {
  constexpr double kNear = 0.6;
  double best = kNear;
  fs::path nearest;
  for (const fs::path& entry : entries_of(directory, false)) {
    const std::string name = entry.filename().string();
    if (parse_data_file_name(name)) continue;  // another file of the data set
    if (const double like = likeness(name, wanted); like > best) {
      best = like;
      nearest = entry;
    }
  }
  if (nearest.empty()) return "";
  const std::string words = content_words_of(nearest);
  return fmt::format("; the closest name there is '{}'{}", nearest.filename().string(),
                     words.empty() ? "" : ", " + words);
}

/// Describes the only file in a directory, if content_words recognizes it, for example as an archive. Returns
/// "" if the file is not recognized or if there is not exactly one.
std::string only_file(const fs::path& directory) {
  const std::vector<fs::path> files = entries_of(directory, false);
  if (files.size() != 1) return "";
  const std::string words = content_words_of(files.front());
  return words.empty() ? "" : fmt::format("; '{}' is {}", files.front().filename().string(), words);
}

/// Lists the data sets in the subdirectories. They are used only if the user names them, so this list is a
/// hint.
std::string sets_below(const fs::path& directory) {
  std::vector<std::string> places;
  UnreadPlace unread;  // not reported: these places are only a hint
  for (const fs::path& below : entries_of(directory, true)) {
    for (const Choice& choice : choices_in(below, below, unread))
      places.push_back("--data " + choice.place.string());
  }
  return places.empty() ? "" : fmt::format("; there is one at {}", fmt::join(places, " and at "));
}

/// Describes which files of the incomplete data set `set` are missing.
std::string missing_from(const fs::path& directory, const std::string& set, const DataSetFiles& found) {
  std::vector<std::string> missing;
  std::string hint;
  for (std::size_t i = 0; i < kDataFileNames.size(); ++i) {
    if (!found.files[i].empty()) continue;
    missing.push_back((set.empty() ? "" : set + "-") + kDataFileNames[i]);
    if (hint.empty()) hint = nearest_there(directory, kDataFileNames[i]);
  }
  return fmt::format("{} (or .gz) {} missing{}", fmt::join(missing, ", "), missing.size() == 1 ? "is" : "are",
                     hint);
}

std::string nothing_in(const fs::path& directory) {
  std::string hint = sets_below(directory);
  for (const char* name : kDataFileNames) {
    if (hint.empty()) hint = nearest_there(directory, name);
  }
  if (hint.empty()) hint = only_file(directory);
  return fmt::format("none of {} is there (or .gz, or with dots instead of dashes){}",
                     fmt::join(kDataFileNames, ", "), hint);
}

/// Returns the data set with the fewest missing files.
const Sets::value_type& fullest(const Sets& sets) {
  const auto count = [](const Sets::value_type& set) {
    return std::ranges::count_if(set.second.files, [](const fs::path& file) { return !file.empty(); });
  };
  return *std::max_element(sets.begin(), sets.end(),
                           [&](const auto& a, const auto& b) { return count(a) < count(b); });
}

/// Returns a result whose fault says that `place`, or something in it, cannot be read.
DataFiles cannot_read(const fs::path& place, const UnreadPlace& unread) {
  const std::string which = unread.place == place ? "" : unread.place.string() + " ";
  return {{}, which + "cannot be read: " + unread.reason, true};
}

/// Handles a `place` that is neither a file nor a directory: either it has the form DIRECTORY/SET, or it does
/// not exist.
DataFiles look_for_set(fs::path place) {
  if (!place.has_filename()) place = place.parent_path();
  const fs::path directory = place.has_parent_path() ? place.parent_path() : ".";
  UnreadPlace unread;
  const Sets sets = data_sets_in(directory, unread);
  const auto set = sets.find(place.filename().string());
  const bool is_there = set != sets.end() && !set->first.empty();
  if (is_there && set->second.whole()) return {set->second.files, ""};
  if (!unread.place.empty()) return cannot_read(place, unread);
  return {{}, is_there ? missing_from(directory, set->first, set->second) : "no such file or directory"};
}

}  // namespace

DataFiles look_for_data_files(const fs::path& place) {
  std::error_code error;
  const fs::file_status status = fs::status(place, error);
  if (status.type() == fs::file_type::not_found) return look_for_set(place);
  if (status.type() == fs::file_type::none) return {{}, error.message(), true};
  if (fs::is_other(status)) return {{}, "neither a regular file nor a directory"};
  if (!fs::is_directory(status)) {
    const std::string words = content_words_of(place);
    return {{}, words.empty() ? "not a directory" : "not a directory but " + words};
  }

  UnreadPlace unread, below;
  const Sets sets = data_sets_in(place, unread);
  std::vector<Choice> choices = choices_in(place, place, unread);
  if (const auto own = sets.find(""); own != sets.end() && !own->second.whole()) {
    if (!unread.place.empty()) return cannot_read(place, unread);
    // An incomplete set with MNIST's own names is a fault even if another data set is complete.
    return {{}, missing_from(place, "", own->second)};
  }
  if (choices.empty() && sets.empty()) choices = choices_below(place, below);
  if (choices.size() == 1) return {choices.front().files, ""};
  if (!choices.empty()) return {{}, several(choices)};
  if (!unread.place.empty()) return cannot_read(place, unread);
  if (!below.place.empty()) return {{}, nothing_in(place) + "; " + cannot_read(place, below).fault, true};
  if (sets.empty()) return {{}, nothing_in(place)};
  const auto& [name, files] = fullest(sets);
  return {{}, missing_from(place, name, files)};
}

std::array<fs::path, 4> data_files(const fs::path& place) {
  DataFiles found = look_for_data_files(place);
  if (found.fault.empty()) return found.files;
  throw Error(
      ExitCode::kData,
      fmt::format("{}: {}, expected four IDX files, a .npz archive, a folder of .npy arrays or a .csv table",
                  place.string(), found.fault));
}

}  // namespace gpu_sweep
