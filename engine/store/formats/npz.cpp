#include "engine/store/formats/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "engine/data/read_file.h"
#include "engine/data/zip_archive.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr zip_uint16_t kDosDate = (0 << 9) | (1 << 5) | 1;  // 1980-01-01, the earliest date of the zip format
constexpr std::string_view kSuffix = ".npy";

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

std::vector<std::uint8_t> read_entry(const ZipArchive& archive, const ZipArchive::Entry& entry) {
  const std::unique_ptr<ByteStream> stream = archive.open(entry);
  // The stated size may be false, so memory grows only with the bytes really read. Asks for one byte more
  // than stated, so that libzip reads to the end and checks the CRC.
  constexpr std::uint64_t kFirst = 1 << 20;
  std::vector<std::uint8_t> bytes(std::min(entry.size + 1, kFirst));
  std::uint64_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) bytes.resize(std::min(entry.size + 1, 2 * filled));
    const std::size_t read = stream->read(std::span(bytes).subspan(filled));
    if (read == 0) break;
    filled += read;
  }
  bytes.resize(filled);
  return bytes;
}

void add_entry(zip_t* archive, const std::string& name, const std::vector<std::uint8_t>& bytes) {
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  if (!source) throw std::runtime_error(fmt::format("libzip: {}", zip_strerror(archive)));
  const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    throw std::invalid_argument(fmt::format("array {}: {}", name, zip_strerror(archive)));
  }
  const auto entry = static_cast<zip_uint64_t>(index);
  // Stored, not deflated: the bytes then do not depend on zlib's version, and weights hardly shrink.
  if (zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, entry, 0, kDosDate, 0) != 0) {
    throw std::runtime_error(fmt::format("libzip: {}", zip_strerror(archive)));
  }
}

std::vector<std::uint8_t> bytes_of(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) {
    throw std::runtime_error("libzip cannot read back what it wrote");
  }
  std::vector<std::uint8_t> bytes(stat.size);
  const zip_int64_t read = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (read != static_cast<zip_int64_t>(bytes.size())) {
    throw std::runtime_error("libzip cannot read back what it wrote");
  }
  return bytes;
}

}  // namespace

NpzArrays parse_npz(std::span<const std::uint8_t> bytes, const std::string& name, std::uint64_t most_bytes) {
  const ZipArchive archive(bytes, name);
  std::uint64_t unpacked = 0;
  for (const ZipArchive::Entry& entry : archive.entries()) {
    unpacked += std::min(entry.size, most_bytes + 1);  // the limit keeps the sum from overflowing
  }
  if (unpacked > most_bytes) {
    refuse_data(name, fmt::format("unpacks to {} bytes or more, expected at most {}", unpacked, most_bytes));
  }
  NpzArrays arrays;
  for (const ZipArchive::Entry& entry : archive.entries()) {
    arrays.emplace(entry.array,
                   parse_npy(read_entry(archive, entry), fmt::format("{}: {}", name, entry.array)));
  }
  return arrays;
}

NpzArrays read_npz(const std::filesystem::path& file) {
  return parse_npz(read_file(file, kMostNpzBytes), file.string());
}

NpzArrays parse_unpacked_npz(std::span<const std::uint8_t> bytes, const std::string& name) {
  return parse_npz(bytes, name, bytes.size());
}

NpzArrays read_unpacked_npz(const std::filesystem::path& file) {
  const auto opened = RawFile::open(file);
  if (!opened) refuse_data(file.string(), "no such file");
  const std::uint64_t size = opened->size();
  if (size > kMostNpzBytes) {
    refuse_data(file.string(), fmt::format("{} bytes, expected at most {}", size, kMostNpzBytes));
  }
  std::vector<std::uint8_t> bytes(size);
  bytes.resize(opened->read(0, std::as_writable_bytes(std::span(bytes))));
  return parse_unpacked_npz(bytes, file.string());
}

std::vector<std::uint8_t> format_npz(const std::vector<std::pair<std::string, NpyArray>>& arrays) {
  if (arrays.empty()) throw std::invalid_argument("an archive of no arrays");
  const Source source(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  if (!source) throw std::runtime_error("libzip cannot open a buffer");
  zip_source_keep(source.get());  // the archive takes one of the two references
  Archive archive(zip_open_from_source(source.get(), ZIP_TRUNCATE, nullptr));
  if (!archive) {
    zip_source_free(source.get());
    throw std::runtime_error("libzip cannot start an archive");
  }
  std::vector<std::vector<std::uint8_t>> entries;  // libzip reads them when the archive is closed
  entries.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    if (!is_plain_name(name)) throw std::invalid_argument("an array's name must be plain characters");
    add_entry(archive.get(), name + std::string(kSuffix), entries.emplace_back(format_npy(array)));
  }
  if (zip_close(archive.get()) != 0)
    throw std::runtime_error(fmt::format("libzip: {}", zip_strerror(archive.get())));
  static_cast<void>(archive.release());  // zip_close has freed it
  return bytes_of(source.get());
}

void write_npz(const std::filesystem::path& file,
               const std::vector<std::pair<std::string, NpyArray>>& arrays) {
  const std::vector<std::uint8_t> bytes = format_npz(arrays);
  write_file_atomically(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace gpu_sweep
