#include "engine/lane/open_library.h"

#include <dlfcn.h>
#include <link.h>

#include "engine/lane/machine_libraries.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "gpu_sweep";   // in the lib folder of an installed tree
constexpr const char* kLocalFolder = "local";  // inside kFolder: libraries built for this machine

void add_installed(std::vector<fs::path>& places, const fs::path& lib, const std::string& file) {
  places.push_back(lib / kFolder / kLocalFolder / file);
  places.push_back(lib / kFolder / file);
}

/// Returns whether `folder` is part of an installed tree. The lib folder of such a tree can be trusted. For
/// any other folder, the parent may be writable by others, so nothing is searched there.
bool belongs_to_tree(const fs::path& folder) {
  return folder.filename() == "bin" || folder.filename() == "libexec";
}

/// Returns the folder of the shared library that contains this code. Returns an empty path if the executable
/// itself contains the code. Also returns an empty path if the loader knows the library only by a relative
/// name, because that name may refer to an earlier working directory.
fs::path folder_of_this_library() {
  static const char in_this_library = 0;
  Dl_info info;
  link_map* map = nullptr;
  if (dladdr1(&in_this_library, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0 || !map)
    return {};
  const fs::path name = map->l_name;
  std::error_code error;
  return name.is_absolute() ? fs::weakly_canonical(name, error).parent_path() : fs::path();
}

std::vector<fs::path> places_of(const std::string& file) {
  std::vector<fs::path> places;
  std::error_code error;
  if (const auto executable = fs::read_symlink("/proc/self/exe", error); !error) {
    const auto folder = executable.parent_path();
    places.push_back(folder / file);
    if (belongs_to_tree(folder)) add_installed(places, folder.parent_path() / "lib", file);
  }
  if (const fs::path folder = folder_of_this_library(); !folder.empty()) {
    places.push_back(folder / file);
    add_installed(places, folder, file);
  }
  return places;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
  return text;
}

OpenedLibrary open_file(const fs::path& file) {
  OpenedLibrary opened;
  opened.file = file;
  const MachineLibraries machine = load_machine_libraries(file);
  opened.report = machine.report;
  if (machine.loader_may_look) opened.handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened.handle) return opened;
  if (machine.missing.empty()) {
    opened.why = "cannot open " + file.string() + ": " + dlerror();
  } else {
    opened.why = "this machine does not have " + joined(machine.missing) + ", which " +
                 file.filename().string() + " needs";
    opened.lacks_machine_libraries = true;
  }
  return opened;
}

}  // namespace

OpenedLibrary open_library(const std::string& file) {
  OpenedLibrary first;  // the first library that cannot be opened; its reason is reported
  std::vector<std::string> failures;
  for (const fs::path& place : places_of(file)) {
    std::error_code error;
    const fs::file_status status = fs::status(place, error);
    if (status.type() == fs::file_type::not_found) continue;
    OpenedLibrary opened;
    if (fs::status_known(status)) {
      opened = open_file(place);
    } else {
      opened.why = "cannot look up " + place.string() + ": " + error.message();
    }
    if (opened.handle) {
      opened.report.insert(opened.report.begin(), failures.begin(), failures.end());
      return opened;
    }
    failures.push_back("not used: " + place.string() + ": " + opened.why);
    if (first.why.empty()) first = std::move(opened);
  }
  if (first.why.empty()) first.why = "this build has no " + file;
  if (failures.size() > 1) first.report.insert(first.report.end(), failures.begin() + 1, failures.end());
  return first;
}

}  // namespace gpu_sweep
