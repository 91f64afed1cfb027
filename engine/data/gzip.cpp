#include "engine/data/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

class Inflater {
 public:
  Inflater(std::span<const std::uint8_t> bytes, std::string name)
      : file_(bytes), rest_(bytes), name_(std::move(name)) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::runtime_error("zlib cannot start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  bool ended() const { return ended_; }
  /// Returns the number of bytes at the end that belong neither to a member nor to the padding.
  std::size_t unread() const { return foreign_; }

  /// Unpacks members into `to` until `to` is full or the members end. Returns the number of bytes written.
  std::size_t read(std::span<std::uint8_t> to) {
    std::size_t written = 0;
    while (written < to.size() && !ended_) {
      if (stream_.avail_in == 0) refill();
      const auto room = clamp(to.size() - written);
      stream_.next_out = to.data() + written;
      stream_.avail_out = room;
      const uInt available = stream_.avail_in;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t made = room - stream_.avail_out;
      written += made;
      if (status == Z_STREAM_END) {
        begin_next_member();
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        throw Error(ExitCode::kData, fmt::format("{}: damaged gzip stream ({})", name_,
                                                 stream_.msg ? stream_.msg : zError(status)));
      } else if (made == 0 && available == stream_.avail_in && rest_.empty()) {
        break;  // no more input: the stream ends early
      }
    }
    return written;
  }

 private:
  static uInt clamp(std::size_t count) {
    return static_cast<uInt>(std::min<std::size_t>(count, std::numeric_limits<uInt>::max()));
  }

  /// Handles the end of a member. What follows is another member, zero padding, or foreign bytes.
  void begin_next_member() {
    const std::size_t unread = rest_.size() + stream_.avail_in;
    const std::span<const std::uint8_t> next = file_.last(unread);
    if (is_gzip(next)) {
      inflateReset(&stream_);
      return;
    }
    ended_ = true;
    if (std::any_of(next.begin(), next.end(), [](std::uint8_t byte) { return byte != 0; })) foreign_ = unread;
  }

  void refill() {
    const uInt count = clamp(rest_.size());
    stream_.next_in = const_cast<Bytef*>(rest_.data());  // zlib only reads it
    stream_.avail_in = count;
    rest_ = rest_.subspan(count);
  }

  z_stream stream_ = {};
  std::span<const std::uint8_t> file_;
  std::span<const std::uint8_t> rest_;  // part of the file that zlib has not been given yet
  std::string name_;
  bool ended_ = false;
  std::size_t foreign_ = 0;
};

}  // namespace

bool is_gzip(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

std::vector<std::uint8_t> gunzip_prefix(std::span<const std::uint8_t> bytes, std::uint64_t count,
                                        const std::string& name) {
  std::vector<std::uint8_t> prefix(count);
  prefix.resize(Inflater(bytes, name).read(prefix));
  return prefix;
}

std::vector<std::uint8_t> gunzip_all(std::span<const std::uint8_t> bytes, std::uint64_t most_bytes,
                                     const std::string& name) {
  Inflater inflater(bytes, name);
  std::vector<std::uint8_t> unpacked(std::min<std::uint64_t>(most_bytes, std::uint64_t{1} << 16));
  std::size_t filled = inflater.read(unpacked);
  while (filled == unpacked.size() && filled < most_bytes) {
    unpacked.resize(std::min<std::uint64_t>(most_bytes, 2 * filled));
    filled += inflater.read(std::span(unpacked).subspan(filled));
  }
  std::uint8_t beyond = 0;
  if (filled == most_bytes && inflater.read({&beyond, 1}) != 0) {
    refuse_data(name,
                fmt::format("more than {} bytes after decompression, expected at most as many", most_bytes));
  }
  if (!inflater.ended()) {
    refuse_data(name, fmt::format("gzip stream ends early, after {} bytes: truncated", filled));
  }
  if (inflater.unread() != 0) {
    refuse_data(name,
                fmt::format("{} bytes after the end of the gzip stream, expected none", inflater.unread()));
  }
  unpacked.resize(filled);
  return unpacked;
}

std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> bytes, std::uint64_t expected,
                                 const std::string& name) {
  if (expected / kMostExpansion > bytes.size()) {
    throw Error(ExitCode::kData, fmt::format("{}: {} bytes of gzip, expected them to unpack to {}: too few",
                                             name, bytes.size(), expected));
  }
  std::vector<std::uint8_t> unpacked(expected);
  Inflater inflater(bytes, name);
  const std::size_t read = inflater.read(unpacked);
  std::uint8_t beyond = 0;
  if (read == expected && inflater.read({&beyond, 1}) != 0) {
    throw Error(ExitCode::kData, fmt::format("{}: more than {} bytes after decompression, expected {}", name,
                                             expected, expected));
  }
  if (!inflater.ended()) {
    throw Error(ExitCode::kData, fmt::format("{}: gzip stream ends early, after {} of {} bytes: truncated",
                                             name, read, expected));
  }
  if (read != expected) {
    throw Error(ExitCode::kData,
                fmt::format("{}: {} bytes after decompression, expected {}", name, read, expected));
  }
  if (inflater.unread() != 0) {
    throw Error(ExitCode::kData, fmt::format("{}: {} bytes after the end of the gzip stream, expected none",
                                             name, inflater.unread()));
  }
  return unpacked;
}

}  // namespace gpu_sweep
