#include "engine/data/npy_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kMostDimensions = 32;  // NumPy's own limit before version 2

/// Reads the tokens of a Python dictionary literal from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool accept(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void expect(std::string_view token) {
    if (!accept(token)) fail(fmt::format("`{}`", token));
  }

  /// Reads a string in single or double quotes. Escapes are not supported.
  std::string string() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t end =
        quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail("a string in quotes");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    for (const char c : inside) {
      if (c < ' ' || c > '~' || c == '\\') fail("a string of plain characters");
    }
    at_ = end + 1;
    return std::string(inside);
  }

  bool boolean() {
    if (accept("True")) return true;
    if (!accept("False")) fail("True or False");
    return false;
  }

  std::vector<std::uint64_t> shape() {
    std::vector<std::uint64_t> sizes;
    expect("(");
    while (!accept(")")) {
      if (sizes.size() == kMostDimensions) fail(fmt::format("at most {} dimensions", kMostDimensions));
      sizes.push_back(integer());
      if (accept(",")) continue;
      expect(")");
      if (sizes.size() == 1) fail("`,` in a shape of one dimension");
      break;
    }
    return sizes;
  }

  void end() {
    skip_space();
    if (at_ != text_.size()) fail("the end");
  }

  [[noreturn]] void fail(const std::string& expected) const {
    throw std::invalid_argument(
        fmt::format("header not understood at character {}, expected {}", at_, expected));
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  std::uint64_t integer() {
    skip_space();
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a size");
    at_ = static_cast<std::size_t>(stop - text_.data());
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view text) {
  NpyHeader header;
  bool has_type = false, has_order = false, has_shape = false;
  const auto once = [](bool& seen, const Reader& reader) {
    if (seen) reader.fail("each key once");
    seen = true;
  };
  Reader reader(text);
  reader.expect("{");
  while (!reader.accept("}")) {
    const std::string key = reader.string();
    reader.expect(":");
    if (key == "descr") {
      once(has_type, reader);
      header.type = reader.string();
    } else if (key == "fortran_order") {
      once(has_order, reader);
      header.fortran_order = reader.boolean();
    } else if (key == "shape") {
      once(has_shape, reader);
      header.shape = reader.shape();
    } else {
      reader.fail("the keys descr, fortran_order and shape");
    }
    if (reader.accept(",")) continue;
    reader.expect("}");
    break;
  }
  reader.end();
  if (!has_type || !has_order || !has_shape) reader.fail("the keys descr, fortran_order and shape");
  return header;
}

NpyStart npy_start(std::span<const std::uint8_t> bytes, const std::string& name) {
  if (bytes.size() < 10 || !std::equal(kNpyMagic.begin(), kNpyMagic.end(), bytes.begin())) {
    refuse_data(name, "not a .npy array: the magic bytes \\x93NUMPY are missing");
  }
  const int version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] != 0) {
    refuse_data(name, fmt::format(".npy format {}.{}, expected 1.0, 2.0 or 3.0", version, bytes[7]));
  }
  std::size_t start = 10;
  std::size_t length = bytes[8] + std::size_t{256} * bytes[9];
  if (version > 1) {
    start = 12;
    if (bytes.size() < start) refuse_data(name, ".npy header is truncated");
    length += (std::size_t{bytes[10]} << 16) + (std::size_t{bytes[11]} << 24);
  }
  constexpr std::size_t kMostHeaderBytes = kMostNpyStart - 12;
  if (length > kMostHeaderBytes) {
    refuse_data(name, fmt::format(".npy header of {} bytes, expected at most {}", length, kMostHeaderBytes));
  }
  if (bytes.size() - start < length) refuse_data(name, ".npy header is truncated");
  const auto* text = reinterpret_cast<const char*>(bytes.data() + start);
  try {
    return {parse_npy_header({text, length}), start + length};
  } catch (const std::invalid_argument& error) {
    refuse_data(name, std::string(".npy ") + error.what());
  }
}

std::string format_npy_header(const NpyHeader& header) {
  return fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}", header.type,
                     header.fortran_order ? "True" : "False", fmt::join(header.shape, ", "),
                     header.shape.size() == 1 ? "," : "");
}

std::vector<std::uint8_t> npy_file_start(const NpyHeader& header) {
  constexpr std::size_t kMostDigits = 21;  // NumPy leaves room for a number of rows with this many digits
  constexpr std::size_t kNpyAlignment = 64;
  std::string text = format_npy_header(header);
  if (!header.shape.empty()) {
    const std::uint64_t rows = header.fortran_order ? header.shape.back() : header.shape.front();
    text.append(kMostDigits - std::to_string(rows).size(), ' ');
  }
  const std::size_t start = kNpyMagic.size() + 4, unpadded = start + text.size() + 1;
  text.append(kNpyAlignment - unpadded % kNpyAlignment,
              ' ');  // if no padding is needed, NumPy still adds 64 bytes
  text += '\n';
  std::vector<std::uint8_t> bytes(start + text.size());
  std::ranges::copy(kNpyMagic, bytes.begin());
  bytes[6] = 1;
  bytes[8] = static_cast<std::uint8_t>(text.size());
  bytes[9] = static_cast<std::uint8_t>(text.size() >> 8);
  std::ranges::copy(text, bytes.begin() + static_cast<std::ptrdiff_t>(start));
  return bytes;
}

}  // namespace gpu_sweep
