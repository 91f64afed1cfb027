#include "engine/data/idx_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/data/content_words.h"
#include "engine/data/gzip.h"
#include "engine/data/read_file.h"
#include "engine/data/sha256.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 34;     // of a file: 16 GiB
constexpr std::uint64_t kMostFeatures = std::uint64_t{1} << 20;  // of an image: 1024 x 1024

struct Header {
  std::uint64_t rows = 0;
  std::uint64_t height = 1;
  std::uint64_t width = 1;
  std::uint64_t file_bytes = 0;  ///< of the decompressed file
};

std::size_t header_bytes(IdxKind kind) { return kind == IdxKind::kImages ? 16 : 8; }

std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
}

/// Returns, for example, " (IDX file of float32 values, 3 dimensions)" if the magic number is that of an IDX
/// file, otherwise "".
std::string idx_words(std::uint32_t magic) {
  if (magic == static_cast<std::uint32_t>(IdxKind::kLabels)) return " (IDX file of uint8 labels)";
  if (magic == static_cast<std::uint32_t>(IdxKind::kImages)) return " (IDX file of uint8 images)";
  const std::uint32_t dimensions = magic & 0xff;
  constexpr std::uint32_t kMostDimensions = 8;  // a larger number is taken to mean that the file is not IDX
  if (magic >> 16 != 0 || dimensions == 0 || dimensions > kMostDimensions) return "";
  const char* type = nullptr;
  switch (magic >> 8) {
    case 0x08:
      type = "uint8";
      break;
    case 0x09:
      type = "int8";
      break;
    case 0x0b:
      type = "int16";
      break;
    case 0x0c:
      type = "int32";
      break;
    case 0x0d:
      type = "float32";
      break;
    case 0x0e:
      type = "float64";
      break;
    default:
      return "";
  }
  return fmt::format(" (IDX file of {} values, {} dimension{})", type, dimensions,
                     dimensions == 1 ? "" : "s");
}

/// `bytes` are the first kContentBytes of the file, or all of a shorter one. `unpacked` says whether they
/// were in a gzip file.
Header parse_header(std::span<const std::uint8_t> bytes, bool unpacked, IdxKind kind,
                    const std::string& name) {
  const bool images = kind == IdxKind::kImages;
  const auto fail = [&name](const std::string& what) {
    throw Error(ExitCode::kData, fmt::format("{}: {}", name, what));
  };
  const std::string wanted = images ? "images" : "labels";
  const std::uint32_t magic = bytes.size() >= 4 ? big_endian(bytes, 0) : 0;
  if (!bytes.empty() && magic != static_cast<std::uint32_t>(kind)) {
    const std::string words = content_words(bytes);
    if (!words.empty()) {
      fail(fmt::format("{}{}, expected an IDX file of uint8 {}", unpacked ? "gzip of " : "", words, wanted));
    }
  }
  if (bytes.size() >= 4 && magic != static_cast<std::uint32_t>(kind)) {
    fail(fmt::format("magic number 0x{:08x}{}, expected 0x{:08x} (IDX file of uint8 {})", magic,
                     idx_words(magic), static_cast<std::uint32_t>(kind), wanted));
  }
  if (bytes.size() < header_bytes(kind)) {
    fail(fmt::format("{} bytes, expected an IDX header of {} and the {}", bytes.size(), header_bytes(kind),
                     images ? "images" : "labels"));
  }

  Header header;
  header.rows = big_endian(bytes, 4);
  if (images) {
    header.height = big_endian(bytes, 8);
    header.width = big_endian(bytes, 12);
  }
  const std::uint64_t features = header.height * header.width;  // below 2^64: both are below 2^32
  if (header.rows == 0 || features == 0) {
    fail(images ? fmt::format("header says {} images of {} x {}, expected at least 1 of 1 x 1", header.rows,
                              header.height, header.width)
                : "header says 0 labels, expected at least 1");
  }
  if (features > kMostFeatures) {
    fail(fmt::format("header says images of {} x {} pixels, expected at most {}", header.height, header.width,
                     kMostFeatures));
  }
  if (header.rows > std::numeric_limits<std::int32_t>::max() || header.rows * features > kMostBytes) {
    fail(fmt::format("header says {} {} of {} bytes, expected at most {} bytes in all", header.rows,
                     images ? "images" : "labels", features, kMostBytes));
  }
  header.file_bytes = header_bytes(kind) + header.rows * features;
  return header;
}

}  // namespace

IdxFile decode_idx(std::span<const std::uint8_t> bytes, IdxKind kind, const std::string& name) {
  std::vector<std::uint8_t> unpacked;
  const bool packed = is_gzip(bytes);
  const Header header = packed ? parse_header(gunzip_prefix(bytes, kContentBytes, name), true, kind, name)
                               : parse_header(bytes, false, kind, name);
  if (packed) {
    unpacked = gunzip(bytes, header.file_bytes, name);
    bytes = unpacked;
  } else if (bytes.size() != header.file_bytes) {
    throw Error(ExitCode::kData,
                fmt::format("{}: {} bytes, expected {}: the header says {} x {} x {}", name, bytes.size(),
                            header.file_bytes, header.rows, header.height, header.width));
  }

  IdxFile file;
  file.name = name;
  file.rows = static_cast<int>(header.rows);
  file.height = static_cast<int>(header.height);
  file.width = static_cast<int>(header.width);
  file.sha256 = sha256_hex(bytes);
  const auto values = bytes.subspan(header_bytes(kind));
  file.values.assign(values.begin(), values.end());
  return file;
}

std::vector<std::uint8_t> idx_header(IdxKind kind, std::uint64_t rows, std::uint64_t height,
                                     std::uint64_t width, const std::string& name) {
  std::vector<std::uint8_t> header;
  const auto append = [&header](std::uint64_t number) {
    for (const int shift : {24, 16, 8, 0}) header.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  const auto fits = [](std::uint64_t number) { return std::min<std::uint64_t>(number, 0xffffffff); };
  append(static_cast<std::uint64_t>(kind));
  append(fits(rows));
  if (kind == IdxKind::kImages) {
    append(fits(height));
    append(fits(width));
  }
  parse_header(header, false, kind, name);
  return header;
}

IdxFile read_idx(const std::filesystem::path& file, IdxKind kind) {
  return decode_idx(read_file(file, kMostBytes + header_bytes(kind)), kind, file.string());
}

}  // namespace gpu_sweep
