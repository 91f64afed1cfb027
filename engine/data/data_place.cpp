#include "engine/data/data_place.h"

#include "engine/data/data_files.h"

namespace gpu_sweep {
namespace fs = std::filesystem;

DataPlace look_for_data(const fs::path& place) {
  std::error_code error;
  const std::string name = place.filename().string();
  if (fs::is_regular_file(place, error)) {
    if (name.ends_with(".npz")) return {DataKind::kNpz, "", false};
    if (name.ends_with(".csv") || name.ends_with(".csv.gz")) return {DataKind::kTable, "", false};
  }
  if (fs::exists(place / "x_train.npy", error)) return {DataKind::kNpy, "", false};
  if (!table_in(place, "train").empty()) return {DataKind::kTable, "", false};
  const DataFiles files = look_for_data_files(place);
  return {DataKind::kIdx, files.fault, files.is_unread};
}

fs::path table_in(const fs::path& folder, const std::string& name) {
  std::error_code error;
  for (const char* suffix : {".csv", ".csv.gz"}) {
    const fs::path file = folder / (name + suffix);
    if (fs::is_regular_file(file, error)) return file;
  }
  return {};
}

}  // namespace gpu_sweep
