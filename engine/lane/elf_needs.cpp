#include "engine/lane/elf_needs.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>

namespace gpu_sweep {
namespace {

constexpr std::size_t kLongestName = 4096;

/// Reads values and names from the file; nullopt beyond its end.
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
