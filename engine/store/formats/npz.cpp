#include "engine/store/formats/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "engine/data/read_file.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kMostExpansion = 1032;  // deflate's limit: 258 bytes from two bits
constexpr zip_int64_t kMostEntries = 65536;
constexpr zip_uint16_t kDosDate = (0 << 9) | (1 << 5) | 1;  // 1980-01-01, the earliest date of the zip format
constexpr std::string_view kSuffix = ".npy";

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

/// Returns whether a name is safe in messages and does not lead out of the folder that it is unpacked to.
bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 1000 || name.front() == '/') return false;
  if (std::any_of(name.begin(), name.end(), [](char c) { return c < ' ' || c > '~' || c == '\\'; }))
    return false;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    start = end + 1;
  }
  return true;
}

Archive open_archive(std::span<const std::uint8_t> bytes, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source) throw std::runtime_error("libzip cannot open a buffer");
  Archive archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (!archive) {
    zip_source_free(source);
    const std::string what = zip_error_strerror(&error);
    zip_error_fini(&error);
    refuse_data(name, fmt::format("damaged or not a .npz archive ({})", what));
  }
  zip_error_fini(&error);
  return archive;
}

/// Returns the archive's directory entry at `index` after checking that its values are possible.
zip_stat_t stat_entry(zip_t* archive, zip_uint64_t index, const std::string& name) {
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  zip_stat_t stat;
  if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &stat) != 0 || (stat.valid & kNeeded) != kNeeded) {
    refuse_data(name, fmt::format("entry {} of the archive cannot be read", index));
  }
  if (!is_plain_name(stat.name)) {
    refuse_data(name, fmt::format("entry {} of the archive has a name that no array may have", index));
  }
  const std::string_view entry = stat.name;
  if (!entry.ends_with(kSuffix) || entry.size() == kSuffix.size()) {
    refuse_data(name, fmt::format("entry {} is no array, expected a name that ends in .npy", entry));
  }
  if (stat.encryption_method != ZIP_EM_NONE) refuse_data(name, fmt::format("entry {} is encrypted", entry));
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    refuse_data(name,
                fmt::format("entry {} is packed by method {}, expected 0 or 8", entry, stat.comp_method));
  }
  const std::uint64_t most_expansion = stat.comp_method == ZIP_CM_STORE ? 1 : kMostExpansion;
  if (stat.size / most_expansion > stat.comp_size) {
    refuse_data(name, fmt::format("entry {} says that {} bytes unpack to {}: impossible", entry,
                                  stat.comp_size, stat.size));
  }
  return stat;
}

std::vector<std::uint8_t> read_entry(zip_t* archive, const zip_stat_t& stat, const std::string& name) {
  const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive, stat.index, 0));
  if (!entry) refuse_data(name, fmt::format("entry {} cannot be read: {}", stat.name, zip_strerror(archive)));
  // The stated size may be false, so memory grows only with the bytes really read. Asks for one byte more
  // than stated, so that libzip reads to the end and checks the CRC.
  constexpr std::uint64_t kFirst = 1 << 20;
  std::vector<std::uint8_t> bytes(std::min(stat.size + 1, kFirst));
  std::uint64_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) {
      if (filled == stat.size + 1) break;
      bytes.resize(std::min(stat.size + 1, 2 * filled));
    }
    const zip_int64_t read = zip_fread(entry.get(), bytes.data() + filled, bytes.size() - filled);
    if (read < 0)
      refuse_data(name, fmt::format("entry {} is damaged: {}", stat.name, zip_file_strerror(entry.get())));
    if (read == 0) break;
    filled += static_cast<std::uint64_t>(read);
  }
  if (filled != stat.size) {
    refuse_data(name, fmt::format("entry {} unpacks to another number of bytes than the {} it says",
                                  stat.name, stat.size));
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
  const Archive archive = open_archive(bytes, name);
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  if (entries > kMostEntries)
    refuse_data(name, fmt::format("{} arrays, expected at most {}", entries, kMostEntries));

  std::vector<zip_stat_t> stats;
  std::uint64_t packed = 0, unpacked = 0;
  for (zip_int64_t i = 0; i < entries; ++i) {
    stats.push_back(stat_entry(archive.get(), static_cast<zip_uint64_t>(i), name));
    // Each size is capped just above the allowed total: enough to refuse the archive, and the sum cannot
    // overflow.
    packed += std::min(stats.back().comp_size, bytes.size() + 1);
    unpacked += std::min(stats.back().size, most_bytes + 1);
  }
  if (packed > bytes.size()) refuse_data(name, "entries of the archive overlap");
  if (unpacked > most_bytes) {
    refuse_data(name, fmt::format("unpacks to {} bytes or more, expected at most {}", unpacked, most_bytes));
  }

  NpzArrays arrays;
  for (const zip_stat_t& stat : stats) {  // the names differ: libzip checks that on opening
    const std::string_view entry = stat.name;
    const std::string key(entry.substr(0, entry.size() - kSuffix.size()));
    arrays.emplace(key, parse_npy(read_entry(archive.get(), stat, name), fmt::format("{}: {}", name, key)));
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
