#include "engine/lane/machine_libraries.h"

#include <dlfcn.h>
#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>

#include "engine/lane/library_places.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;

enum class Maker { kOther, kNvidia, kMpi };

/// Returns the maker of a library. Only NVIDIA's toolkit counts as kNvidia: the driver (libcuda.so.1) belongs
/// to the system.
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
  /// Loads the libraries that `file` needs. If `beside` is not empty, it is the first folder to be searched,
  /// because the libraries of one release are installed together.
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

namespace {

constexpr std::size_t kLongestName = 4096;

/// Reads values and names from a file. Returns nullopt for reads beyond the end of the file, and for names
/// longer than kLongestName.
class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& path) : stream_(path, std::ios::binary) {}

  template <typename T>
  std::optional<T> read(std::uint64_t offset) {
    T value;
    if (!seek(offset) || !stream_.read(reinterpret_cast<char*>(&value), sizeof(T))) return std::nullopt;
    return value;
  }

  std::optional<std::string> read_name(std::uint64_t offset) {
    std::string name;
    if (!seek(offset) || !std::getline(stream_, name, '\0') || name.size() > kLongestName)
      return std::nullopt;
    return name;
  }

 private:
  bool seek(std::uint64_t offset) {
    stream_.clear();
    return offset <= INT64_MAX && stream_.seekg(static_cast<std::streamoff>(offset)).good();
  }

  std::ifstream stream_;
};

bool is_little_endian_elf64(const Elf64_Ehdr& header) {
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
         header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_phentsize == sizeof(Elf64_Phdr);
}

std::vector<Elf64_Phdr> segments_of(ElfFile& file) {
  std::vector<Elf64_Phdr> segments;
  const auto header = file.read<Elf64_Ehdr>(0);
  if (!header || !is_little_endian_elf64(*header)) return segments;
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = file.read<Elf64_Phdr>(header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) break;
    segments.push_back(*segment);
  }
  return segments;
}

/// Returns the file offset of the byte that is loaded at `address`.
std::optional<std::uint64_t> offset_of(const std::vector<Elf64_Phdr>& segments, std::uint64_t address) {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      return segment.p_offset + (address - segment.p_vaddr);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> needed_libraries(const std::filesystem::path& path) {
  std::vector<std::string> names;
  ElfFile file(path);
  const std::vector<Elf64_Phdr> segments = segments_of(file);
  const auto dynamic = std::find_if(segments.begin(), segments.end(),
                                    [](const Elf64_Phdr& segment) { return segment.p_type == PT_DYNAMIC; });
  if (dynamic == segments.end()) return names;

  std::vector<std::uint64_t> places;  // offsets into the string table
  std::optional<std::uint64_t> table;
  for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic->p_filesz; at += sizeof(Elf64_Dyn)) {
    const auto entry = file.read<Elf64_Dyn>(dynamic->p_offset + at);
    if (!entry || entry->d_tag == DT_NULL) break;
    if (entry->d_tag == DT_NEEDED) places.push_back(entry->d_un.d_val);
    if (entry->d_tag == DT_STRTAB) table = offset_of(segments, entry->d_un.d_ptr);
  }
  if (!table) return names;
  for (const std::uint64_t place : places) {
    if (const auto name = file.read_name(*table + place)) names.push_back(*name);
  }
  return names;
}

}  // namespace gpu_sweep
