#include "engine/lane/library_places.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using Folders = std::vector<fs::path>;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Returns the elements of an environment variable such as PATH. An empty variable has no elements.
std::vector<std::string> elements(const char* name, std::string_view separators) {
  std::vector<std::string> found;
  const std::string text = variable(name);
  if (text.empty()) return found;
  for (std::size_t start = 0;;) {
    const std::size_t end = text.find_first_of(separators, start);
    found.push_back(text.substr(start, end - start));
    if (end == std::string::npos) return found;
    start = end + 1;
  }
}

std::vector<std::string> loader_elements() { return elements("LD_LIBRARY_PATH", ":;"); }

void add(Folders& folders, const fs::path& folder) {
  std::error_code error;
  if (!folder.is_absolute() || !fs::is_directory(folder, error)) return;
  if (std::find(folders.begin(), folders.end(), folder) == folders.end()) folders.push_back(folder);
}

/// Returns the folders in `parent` whose names begin with `start`. They are sorted by name in descending
/// order, so that newer versions come first if all version numbers have equally many digits.
Folders children(const fs::path& parent, const std::string& start) {
  Folders found;
  std::error_code error;
  if (!parent.is_absolute()) return found;
  fs::directory_iterator entry(parent, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with(start)) add(found, entry->path());
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

void add_toolkit(Folders& folders, const fs::path& root) {
  add(folders, root / "lib64");
  add(folders, root / "lib");
  add(folders, root / "targets/x86_64-linux/lib");
}

LibraryPlace toolkit_of(const char* name) {
  LibraryPlace place{name, {}};
  if (const std::string root = variable(name); !root.empty()) {
    add_toolkit(place.folders, root);
  } else {
    place.reason += " (not set)";
  }
  return place;
}

LibraryPlace loader_variable() {
  LibraryPlace place{"LD_LIBRARY_PATH", {}};
  for (const std::string& element : loader_elements()) add(place.folders, element);
  return place;
}

/// Finds the first `program` on PATH and returns the prefix in which it is installed. If the program is a
/// symbolic link, also returns the prefix of the file that it links to.
Folders prefixes_of(const std::string& program) {
  Folders prefixes;
  for (const std::string& element : elements("PATH", ":")) {
    const fs::path file = fs::path(element) / program;
    std::error_code error;
    if (!file.is_absolute() || !fs::exists(file, error)) continue;
    add(prefixes, file.parent_path().parent_path());
    add(prefixes, fs::canonical(file, error).parent_path().parent_path());
    break;
  }
  return prefixes;
}

/// Adds the folders nvidia/*/lib in the packages of every version of Python 3 that is installed under
/// `prefix`.
void add_pip_packages(Folders& folders, const fs::path& prefix) {
  for (const char* library : {"lib", "lib64", "local/lib"}) {
    for (const fs::path& python : children(prefix / library, "python3")) {
      for (const char* packages : {"site-packages", "dist-packages"}) {
        for (const fs::path& part : children(python / packages / "nvidia", "")) add(folders, part / "lib");
      }
    }
  }
}

/// Returns the folders in which distributions install libraries and which the loader searches by default.
/// Debian's folder comes first. Fedora's /usr/lib64 comes before /usr/lib, which holds 32-bit libraries on
/// Fedora.
LibraryPlace system_folders() {
  LibraryPlace place{"the system's folders", {}};
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"})
    add(place.folders, folder);
  return place;
}

}  // namespace

std::vector<LibraryPlace> cuda_places() {
  std::vector<LibraryPlace> places = {toolkit_of("CUDA_HOME"), toolkit_of("CUDA_PATH"), loader_variable()};

  LibraryPlace& local = places.emplace_back(LibraryPlace{"/usr/local/cuda*", {}});
  add_toolkit(local.folders, "/usr/local/cuda");
  for (const fs::path& toolkit : children("/usr/local", "cuda-")) add_toolkit(local.folders, toolkit);

  LibraryPlace& conda = places.emplace_back(LibraryPlace{"conda's environment", {}});
  const fs::path environment = variable("CONDA_PREFIX");
  if (!environment.empty()) add_toolkit(conda.folders, environment);

  LibraryPlace& pip = places.emplace_back(LibraryPlace{"pip's packages nvidia/*/lib", {}});
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) add_pip_packages(pip.folders, variable(name));
  for (const fs::path& prefix : prefixes_of("python3")) add_pip_packages(pip.folders, prefix);
  add_pip_packages(pip.folders, fs::path(variable("HOME")) / ".local");
  for (const char* prefix : {"/usr/local", "/usr"}) add_pip_packages(pip.folders, prefix);
  places.push_back(system_folders());
  return places;
}

std::vector<LibraryPlace> mpi_places() {
  std::vector<LibraryPlace> places = {toolkit_of("MPI_HOME"), loader_variable()};
  LibraryPlace& installation =
      places.emplace_back(LibraryPlace{"the MPI installation that the mpirun on PATH belongs to", {}});
  for (const fs::path& prefix : prefixes_of("mpirun")) add_toolkit(installation.folders, prefix);
  LibraryPlace& distribution = places.emplace_back(LibraryPlace{"Open MPI's own folders", {}});
  add(distribution.folders, "/usr/lib64/openmpi/lib");
  add(distribution.folders, "/usr/lib/x86_64-linux-gnu/openmpi/lib");
  places.push_back(system_folders());
  return places;
}

std::string describe(const std::vector<LibraryPlace>& places) {
  constexpr std::size_t kMostFolders = 4;
  std::string text;
  for (const LibraryPlace& place : places) {
    text += (text.empty() ? "" : "; ") + place.reason + ": ";
    if (place.folders.empty()) text += "no folder";
    for (std::size_t i = 0; i < std::min(place.folders.size(), kMostFolders); ++i) {
      text += (i == 0 ? "" : ", ") + place.folders[i].string();
    }
    if (place.folders.size() > kMostFolders) {
      text += " and " + std::to_string(place.folders.size() - kMostFolders) + " more";
    }
  }
  return text;
}

bool loader_searches_working_directory() {
  const std::vector<std::string> all = loader_elements();
  return std::any_of(all.begin(), all.end(), [](const std::string& path) { return !path.starts_with('/'); });
}

}  // namespace gpu_sweep
