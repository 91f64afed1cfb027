#include "tests/simt/runtime/symbols.h"

#include <dlfcn.h>
#include <elf.h>

#include <cstdint>
#include <fstream>
#include <vector>

namespace simt {

namespace {

/// Reads `count` records from byte `offset` on. Records beyond the end of the file are zeros.
template <class T>
std::vector<T> read(std::ifstream& file, std::uint64_t offset, std::size_t count) {
  std::vector<T> records(count);
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(reinterpret_cast<char*>(records.data()), static_cast<std::streamsize>(count * sizeof(T)));
  return records;
}

}  // namespace

std::string symbol_of(const void* function) {
  Dl_info info{};
  if (dladdr(function, &info) == 0) return "";
  const auto offset = static_cast<std::uint64_t>(static_cast<const char*>(function) -
                                                 static_cast<const char*>(info.dli_fbase));
  std::ifstream file(info.dli_fname, std::ios::binary);
  const Elf64_Ehdr header = read<Elf64_Ehdr>(file, 0, 1)[0];
  const auto sections = read<Elf64_Shdr>(file, header.e_shoff, header.e_shnum);
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_SYMTAB || section.sh_link >= sections.size()) continue;
    const Elf64_Shdr& strings = sections[section.sh_link];
    for (const Elf64_Sym& symbol :
         read<Elf64_Sym>(file, section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
      if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_value != offset) continue;
      std::string name;
      file.seekg(static_cast<std::streamoff>(strings.sh_offset + symbol.st_name));
      std::getline(file, name, '\0');
      return name;
    }
  }
  return "";
}

}  // namespace simt
