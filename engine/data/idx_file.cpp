#include "engine/data/idx_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "engine/data/array_reader.h"
#include "engine/data/content_words.h"
#include "engine/data/gzip.h"
#include "engine/data/read_file.h"
#include "engine/data/sha256.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 34;  // of the values in a file: 16 GiB
constexpr std::uint32_t kMostIdxDimensions = 8;               // a file with more is not recognized as IDX
constexpr std::uint32_t kUsualLabels = 0x00000801;
constexpr std::uint32_t kUsualImages = 0x00000803;

struct Header {
  ElementType type = ElementType::kU8;
  std::vector<std::uint64_t> shape;
  std::uint64_t bytes = 0;       ///< size of the header
  std::uint64_t file_bytes = 0;  ///< size of the decompressed file
};

std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
}

/// Returns the type of the elements, or nothing if the magic number is not that of an IDX file.
std::optional<ElementType> type_of(std::uint32_t magic) {
  const std::uint32_t dimensions = magic & 0xff;
  if (magic >> 16 != 0 || dimensions == 0 || dimensions > kMostIdxDimensions) return std::nullopt;
  return idx_element_type(static_cast<std::uint8_t>(magic >> 8));
}

/// Returns a description such as " (IDX file of float32 values, 3 dimensions)", or "" if the magic number is
/// not that of an IDX file.
std::string idx_words(std::uint32_t magic) {
  if (magic == kUsualLabels) return " (IDX file of uint8 labels)";
  if (magic == kUsualImages) return " (IDX file of uint8 images)";
  const std::optional<ElementType> type = type_of(magic);
  const std::uint32_t dimensions = magic & 0xff;
  return type ? fmt::format(" (IDX file of {} values, {} dimension{})", to_string(*type), dimensions,
                            dimensions == 1 ? "" : "s")
              : "";
}

/// Returns a text such as "an IDX file of images: 0x0000TTDD with type TT 08 (uint8), ..., and DD dimensions,
/// 02 or more".
std::string idx_expected(IdxKind kind) {
  std::string types;
  for (int code = 0; code < 256; ++code) {
    const std::optional<ElementType> type = idx_element_type(static_cast<std::uint8_t>(code));
    if (type) types += fmt::format("{:02x} ({}), ", code, to_string(*type));
  }
  return fmt::format("an IDX file of {}: 0x0000TTDD with type TT {}and DD dimensions, {}",
                     kind == IdxKind::kImages ? "images" : "labels", types,
                     kind == IdxKind::kImages ? "02 or more" : "01, or 02 if one-hot");
}

bool is_of_kind(std::uint32_t magic, IdxKind kind) {
  const std::uint32_t dimensions = magic & 0xff;
  return type_of(magic) && (kind == IdxKind::kImages ? dimensions >= 2 : dimensions <= 2);
}

/// Parses the header. `bytes` are the beginning of the file. If there are kContentBytes of them, messages
/// name any other format that content_words knows. `unpacked` says whether the bytes were unpacked from gzip.
Header parse_header(std::span<const std::uint8_t> bytes, bool unpacked, IdxKind kind,
                    const std::string& name) {
  const bool images = kind == IdxKind::kImages;
  const std::string wanted = images ? "images" : "labels";
  const std::uint32_t usual = images ? kUsualImages : kUsualLabels;
  const std::uint32_t magic = bytes.size() >= 4 ? big_endian(bytes, 0) : 0;
  const bool fits = is_of_kind(magic, kind);
  if (!bytes.empty() && !fits) {
    const std::string words = content_words(bytes);
    if (!words.empty()) {
      refuse_data(name,
                  fmt::format("{}{}, expected an IDX file of {}", unpacked ? "gzip of " : "", words, wanted));
    }
  }
  if (bytes.size() >= 4 && !fits) {
    refuse_data(name, fmt::format("magic number 0x{:08x}{}, expected {}", magic, idx_words(magic),
                                  idx_expected(kind)));
  }
  Header header;
  header.type = type_of(magic).value_or(ElementType::kU8);
  const std::uint32_t dimensions = (fits ? magic : usual) & 0xff;
  header.bytes = 4 + 4 * dimensions;
  if (bytes.size() < header.bytes) {
    refuse_data(name, fmt::format("{} bytes, expected an IDX header of {} and the {}", bytes.size(),
                                  header.bytes, wanted));
  }
  std::uint64_t features = 1;
  bool overflows = false;
  for (std::uint32_t d = 0; d < dimensions; ++d) {
    header.shape.push_back(big_endian(bytes, 4 + 4 * d));
    if (d > 0) overflows |= __builtin_mul_overflow(features, header.shape[d], &features);
  }
  const std::uint64_t rows = header.shape.front();
  const std::string sizes = fmt::format("{}", fmt::join(header.shape.begin() + 1, header.shape.end(), " x "));
  if (rows == 0 || (features == 0 && !overflows)) {
    refuse_data(name,
                images ? fmt::format("header says {} images of {}, expected at least 1 of 1 x 1", rows, sizes)
                       : "header says 0 labels, expected at least 1");
  }
  if (overflows || features > kMostFeatures) {
    refuse_data(
        name, fmt::format("header says {} of {} pixels, expected at most {}", wanted, sizes, kMostFeatures));
  }
  const std::uint64_t row_bytes = features * size_of(header.type);
  if (rows > std::numeric_limits<std::int32_t>::max() || rows * row_bytes > kMostBytes) {
    refuse_data(name, fmt::format("header says {} {} of {} bytes, expected at most {} bytes in all", rows,
                                  wanted, row_bytes, kMostBytes));
  }
  header.file_bytes = header.bytes + rows * row_bytes;
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
    refuse_data(name, fmt::format("{} bytes, expected {}: the header says {}", bytes.size(),
                                  header.file_bytes, fmt::join(header.shape, " x ")));
  }

  IdxFile file;
  file.name = name;
  file.type = header.type;
  file.shape = header.shape;
  file.rows = static_cast<int>(header.shape.front());
  file.sha256 = sha256_hex(bytes);
  const auto values = bytes.subspan(header.bytes);
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
  append(kind == IdxKind::kImages ? kUsualImages : kUsualLabels);
  append(fits(rows));
  if (kind == IdxKind::kImages) {
    append(fits(height));
    append(fits(width));
  }
  parse_header(header, false, kind, name);
  return header;
}

IdxFile read_idx(const std::filesystem::path& file, IdxKind kind) {
  constexpr std::uint64_t kLongestHeader = 4 + 4 * kMostIdxDimensions;
  return decode_idx(read_file(file, kMostBytes + kLongestHeader), kind, file.string());
}

}  // namespace gpu_sweep
