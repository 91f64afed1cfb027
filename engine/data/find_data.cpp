#include "engine/data/find_data.h"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

#include "engine/error.h"

namespace gpu_sweep {
namespace fs = std::filesystem;
namespace {

constexpr std::array kFileNames = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                   "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// What keeps `directory` from being read as a data set; fills `files`. Empty if nothing does.
std::string find_files(const fs::path& directory, std::array<fs::path, 4>& files) {
  std::error_code error;
  const bool exists = fs::exists(directory, error);
  if (error) return error.message();
  if (!exists) return "no such directory";
  if (!fs::is_directory(directory, error)) return "not a directory";
  for (std::size_t i = 0; i < files.size(); ++i) {
    files[i] = directory / kFileNames[i];
    if (fs::exists(files[i], error)) continue;
    files[i] += ".gz";
    if (!fs::exists(files[i], error)) return fmt::format("{} (or .gz) is missing", kFileNames[i]);
  }
  return "";
}

fs::path require(const std::string& origin, const fs::path& directory) {
  std::array<fs::path, 4> files;
  if (const std::string fault = find_files(directory, files); !fault.empty()) {
    throw Error(ExitCode::kData, fmt::format("{} {}: {}, expected a directory of four IDX files", origin,
                                             directory.string(), fault));
  }
  return directory;
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
    std::array<fs::path, 4> files;
    if (find_files(place, files).empty()) return place;
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  throw Error(
      ExitCode::kData,
      fmt::format("no data set in {}: install one with `apt-get install dataset-fashion-mnist` or name "
                  "a directory with --data",
                  looked));
}

std::array<fs::path, 4> data_files(const fs::path& directory) {
  std::array<fs::path, 4> files;
  if (const std::string fault = find_files(directory, files); !fault.empty()) {
    throw Error(ExitCode::kData,
                fmt::format("{}: {}, expected a directory of four IDX files", directory.string(), fault));
  }
  return files;
}

}  // namespace gpu_sweep
