#include "engine/data/data_place.h"

#include "engine/data/data_files.h"
#include "engine/data/data_names.h"

namespace gpu_sweep {
namespace fs = std::filesystem;
namespace {

/// Returns whether the file exists or may exist. A file may exist if the lookup failed; the reason is then
/// recorded in `unread`.
bool may_be_there(const fs::path& file, UnreadPlace& unread) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::status_known(status)) unread.note(file, error);
  return !fs::status_known(status) || fs::exists(status);
}

}  // namespace

DataPlace look_for_data(const fs::path& place) {
  std::error_code error;
  const std::string name = place.filename().string();
  if (fs::is_regular_file(place, error)) {
    if (name.ends_with(".npz")) return {DataKind::kNpz, "", false};
    if (name.ends_with(".csv") || name.ends_with(".csv.gz")) return {DataKind::kTable, "", false};
  }
  UnreadPlace unread;
  using Candidate = std::pair<fs::path, DataKind>;
  for (const auto& [first, kind] : {Candidate(place / "x_train.npy", DataKind::kNpy),
                                    Candidate(table_in(place, "train"), DataKind::kTable)}) {
    if (first.empty() || !may_be_there(first, unread)) continue;
    if (unread.place.empty()) return {kind, "", false};
    // Without permission to search the place, no file in it can be looked up, so it may just as well hold IDX
    // files. If they cannot be read either, report their fault.
    const DataFiles files = look_for_data_files(place);
    if (files.is_unread) return {DataKind::kIdx, files.fault, true};
    return {kind, first.string() + " cannot be looked up: " + unread.reason, true};
  }
  const DataFiles files = look_for_data_files(place);
  return {DataKind::kIdx, files.fault, files.is_unread};
}

fs::path table_in(const fs::path& folder, const std::string& name) {
  std::error_code error;
  for (const char* suffix : {".csv", ".csv.gz"}) {
    const fs::path file = folder / (name + suffix);
    const fs::file_status status = fs::status(file, error);
    if (!fs::status_known(status) || fs::is_regular_file(status)) return file;
  }
  return {};
}

}  // namespace gpu_sweep
