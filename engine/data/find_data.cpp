#include "gpu_sweep/find_data.h"

#include <fmt/format.h>

#include <cstdlib>

#include "engine/data/data_place.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace fs = std::filesystem;
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

fs::path require(const std::string& origin, const fs::path& place) {
  if (const std::string fault = look_for_data(place).fault; !fault.empty()) {
    throw Error(
        ExitCode::kData,
        fmt::format(
            "{} {}: {}, expected four IDX files, a .npz archive, a folder of .npy arrays or a .csv table",
            origin, place.string(), fault));
  }
  return place;
}

}  // namespace

std::vector<fs::path> standard_data_directories() {
  std::vector<fs::path> places;
  std::error_code error;
  if (const fs::path executable = fs::read_symlink("/proc/self/exe", error); !error) {
    places.push_back(executable.parent_path().parent_path() / "share/gpu_sweep/datasets/fashion-mnist");
  }
  places.push_back("/usr/share/datasets/fashion-mnist");
  if (const std::string home = environment("HOME"); !home.empty()) {
    places.push_back(fs::path(home) / ".keras/datasets/fashion-mnist");
  }
  places.push_back("data/FashionMNIST/raw");
  return places;
}

fs::path find_data(const std::string& flag, const std::vector<fs::path>& standard) {
  if (!flag.empty()) return require("--data", flag);
  if (const std::string variable = environment("GPU_SWEEP_DATA"); !variable.empty()) {
    return require("GPU_SWEEP_DATA", variable);
  }
  std::string looked;
  for (const fs::path& place : standard) {
    const DataPlace found = look_for_data(place);
    if (found.fault.empty()) return place;
    looked += (looked.empty() ? "" : ", ") + place.string();
    if (found.is_unread) looked += " (" + found.fault + ")";
  }
  throw Error(
      ExitCode::kData,
      fmt::format("no data set in {}: install one with `apt-get install dataset-fashion-mnist` or name "
                  "a directory with --data",
                  looked));
}

}  // namespace gpu_sweep
