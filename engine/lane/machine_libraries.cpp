#include "engine/lane/machine_libraries.h"

#include <dlfcn.h>

#include <algorithm>

#include "engine/lane/elf_needs.h"
#include "engine/lane/library_places.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

enum class Maker { kOther, kNvidia, kMpi };

/// Only NVIDIA's toolkit counts as kNvidia: the driver (libcuda.so.1) belongs to the system.
Maker maker_of(const std::string& name) {
  for (const char* start : {"libcudart.", "libcublas.", "libcublasLt.", "libnvJitLink."}) {
    if (name.starts_with(start)) return Maker::kNvidia;
  }
  return name.starts_with("libmpi.") ? Maker::kMpi : Maker::kOther;
}

bool is_loaded(const std::string& name) {
  return dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD) != nullptr;
}

class Loader {
 public:
  MachineLibraries load_for(const fs::path& file) {
    load_needs_of(file, "");
    result_.missing.erase(std::remove_if(result_.missing.begin(), result_.missing.end(), is_loaded),
                          result_.missing.end());
    if (!result_.missing.empty()) report_places();
    return std::move(result_);
  }

 private:
  /// Searches the folder `beside` first, unless it is empty, because the libraries of one release are
  /// installed together.
  void load_needs_of(const fs::path& file, const fs::path& beside) {
    for (const std::string& name : needed_libraries(file)) {
      const Maker maker = maker_of(name);
      if (maker == Maker::kOther || is_loaded(name) || load(name, maker, beside)) continue;
      if (std::find(result_.missing.begin(), result_.missing.end(), name) == result_.missing.end()) {
        result_.missing.push_back(name);
      }
    }
  }

  bool load(const std::string& name, Maker maker, const fs::path& beside) {
    if (!beside.empty() && load_from(beside, name)) return true;
    for (const LibraryPlace& place : places_of(maker)) {
      for (const fs::path& folder : place.folders) {
        if (load_from(folder, name)) return true;
      }
    }
    return false;
  }

  bool load_from(const fs::path& folder, const std::string& name) {
    const fs::path file = folder / name;
    std::error_code error;
    if (!fs::exists(file, error)) return false;
    load_needs_of(file, folder);
    if (dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      result_.report.push_back(file.string());
      return true;
    }
    result_.report.push_back("not used: " + std::string(dlerror()));
    return false;
  }

  const std::vector<LibraryPlace>& places_of(Maker maker) {
    std::vector<LibraryPlace>& places = maker == Maker::kNvidia ? nvidia_ : mpi_;
    if (places.empty()) places = maker == Maker::kNvidia ? cuda_places() : mpi_places();
    return places;
  }

  void report_places() {
    for (const auto* places : {&nvidia_, &mpi_}) {
      if (!places->empty()) result_.report.push_back("looked in " + describe(*places));
    }
    result_.loader_may_look = !loader_searches_working_directory();
    if (!result_.loader_may_look) {
      result_.report.push_back(
          "the system's loader was not used: LD_LIBRARY_PATH has an empty or relative element, "
          "which makes it search the working directory");
    }
  }

  MachineLibraries result_;
  std::vector<LibraryPlace> nvidia_, mpi_;
};

}  // namespace

MachineLibraries load_machine_libraries(const std::filesystem::path& file) { return Loader().load_for(file); }

}  // namespace gpu_sweep
