#include "engine/data/array_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>

#include "engine/data/data_files.h"
#include "engine/data/idx_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

std::unique_ptr<ArrayReader> open_idx(const std::filesystem::path& file, IdxKind kind) {
  IdxFile idx = read_idx(file, kind);
  return array_in_memory(idx.name, {idx.type, true}, idx.shape, std::move(idx.values), idx.sha256);
}

bool is_known(std::string_view array) {
  return std::ranges::any_of(
      kArrayNames, [&](const auto& names) { return std::ranges::find(names, array) != names.end(); });
}

[[noreturn]] void refuse_unknown(const std::string& place, const std::string& array) {
  refuse_data(place, fmt::format("unknown array {}, expected x_train, y_train, x_test, y_test and "
                                 "maybe x_valid, y_valid",
                                 array));
}

/// Opens all arrays of a data set. `open` opens the array that has a given name, or returns null if there is
/// no such array.
ArrayFiles open_named(const std::string& place,
                      const std::function<std::unique_ptr<ArrayReader>(const char* name)>& open) {
  ArrayFiles files;
  for (const Split split : kBasicSplits) {
    const auto& [inputs, labels] = kArrayNames[index_of(split)];
    files[split] = {open(inputs), open(labels)};
    const bool has_inputs = files[split].inputs != nullptr, has_labels = files[split].labels != nullptr;
    if (has_inputs && has_labels) continue;
    if (split == Split::kValidation && !has_inputs && !has_labels) continue;
    refuse_data(place,
                fmt::format("no array {}, expected x_train, y_train, x_test and y_test (and x_valid and "
                            "y_valid for a validation set of its own)",
                            has_inputs ? labels : inputs));
  }
  return files;
}

}  // namespace

ArrayFiles open_idx_files(const std::filesystem::path& place) {
  const auto paths = data_files(place);
  ArrayFiles files;
  files[Split::kTrain] = {open_idx(paths[0], IdxKind::kImages), open_idx(paths[1], IdxKind::kLabels)};
  files[Split::kTest] = {open_idx(paths[2], IdxKind::kImages), open_idx(paths[3], IdxKind::kLabels)};
  return files;
}

ArrayFiles open_npz(const std::filesystem::path& file) {
  return open_npz(std::make_shared<const ZipArchive>(file));
}

ArrayFiles open_npz(std::shared_ptr<const ZipArchive> archive) {
  for (const ZipArchive::Entry& entry : archive->entries()) {
    if (!is_known(entry.array)) refuse_unknown(archive->name(), entry.array);
  }
  ArrayFiles files = open_named(archive->name(), [&](const char* name) -> std::unique_ptr<ArrayReader> {
    for (const ZipArchive::Entry& entry : archive->entries()) {
      if (entry.array == name) {
        return read_npy(archive->open(entry), fmt::format("{}: {}", archive->name(), name));
      }
    }
    return nullptr;
  });
  files.archive = std::move(archive);
  return files;
}

ArrayFiles open_npy_folder(const std::filesystem::path& folder) {
  // A misspelled name of a validation array must not go unnoticed, so unknown names with the prefix x_ or y_
  // are errors. Files with other names are ignored.
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string array = entry->path().stem().string();
    if (entry->path().extension() != ".npy" || is_known(array)) continue;
    if (array.starts_with("x_") || array.starts_with("y_")) refuse_unknown(folder.string(), array);
  }
  if (error) refuse_data(folder.string(), "cannot be listed: " + error.message());
  return open_named(folder.string(), [&](const char* name) -> std::unique_ptr<ArrayReader> {
    const std::filesystem::path file = folder / (std::string(name) + ".npy");
    std::error_code why;
    const std::filesystem::file_status status = std::filesystem::status(file, why);
    if (!std::filesystem::status_known(status)) {
      refuse_data(file.string(), "cannot be looked up: " + why.message());
    }
    if (!std::filesystem::exists(status)) return nullptr;
    return read_npy(open_file(file), file.string());
  });
}

}  // namespace gpu_sweep
