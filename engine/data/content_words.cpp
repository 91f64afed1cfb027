#include "engine/data/content_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string_view>
#include <vector>

namespace gpu_sweep {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::size_t at = 0;  ///< offset in the file
  std::string_view bytes;
  const char* words;
};

constexpr const char* kUnpack = " (unpack it)";

/// Binary formats and their magic numbers. The first match is taken, so if one magic number is a prefix of
/// another, the longer one must come first.
const std::array kSignatures = {
    Signature{0, "PK\3\4"sv, "a zip archive"},
    Signature{0, "PK\5\6"sv, "an empty zip archive"},
    Signature{0, "\x93NUMPY"sv, "a NumPy array (.npy), not an IDX file"},
    Signature{0, "\x1f\x8b"sv, "a gzip file"},
    Signature{0, "BZh"sv, "a bzip2 file"},
    Signature{0,
              "\xfd"
              "7zXZ\0"sv,
              "an xz file"},
    Signature{0, "\x28\xb5\x2f\xfd"sv, "a Zstandard file"},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive"},
    Signature{0, "Rar!\x1a\x07"sv, "a RAR archive"},
    Signature{257, "ustar"sv, "a tar archive"},
    Signature{0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file, not an IDX file"},
    Signature{0, "PAR1"sv, "a Parquet file, not an IDX file"},
    Signature{0, "\x89PNG\r\n\x1a\n"sv, "a PNG image, not an IDX file"},
    Signature{0, "\xff\xd8\xff"sv, "a JPEG image, not an IDX file"},
    Signature{0, "%PDF-"sv, "a PDF document"},
};

/// Returns the bytes in lower case, without a leading byte-order mark or leading white space.
std::string text_of(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf"sv)) bytes.remove_prefix(3);
  while (!bytes.empty() && std::isspace(static_cast<unsigned char>(bytes.front()))) bytes.remove_prefix(1);
  std::string text(bytes);
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string text_words(std::string_view bytes) {
  const std::string text = text_of(bytes);
  for (const char* start : {"<!doctype html", "<html", "<head", "<body"}) {
    if (text.starts_with(start)) return "an HTML page (a download that returned a page instead of the file)";
  }
  if (text.starts_with("<?xml"))
    return "an XML file (a download that returned a server response instead of the file)";
  if (text.starts_with("version https://git-lfs.github.com/")) {
    return "a Git LFS pointer (git lfs pull fetches the file itself)";
  }
  if (text.starts_with("/annex/objects/"))
    return "a git-annex pointer (git annex get fetches the file itself)";
  if (text.starts_with("{") || text.starts_with("[")) return "text that looks like JSON";
  return "";
}

}  // namespace

std::string content_words(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return "an empty file";
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min(bytes.size(), kContentBytes));
  for (const Signature& signature : kSignatures) {
    if (start.size() < signature.at || !start.substr(signature.at).starts_with(signature.bytes)) continue;
    const std::string words = signature.words;
    const bool is_packed =
        words.ends_with("archive") || (words.ends_with(" file") && words.find(", ") == std::string::npos);
    return words + (is_packed ? kUnpack : "");
  }
  return text_words(start);
}

std::string content_words_of(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return "";
  std::vector<std::uint8_t> bytes(kContentBytes);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return "";
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return content_words(bytes);
}

}  // namespace gpu_sweep
