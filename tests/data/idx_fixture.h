// The bytes of small IDX and gzip files.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/error_of.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep::test {

using Bytes = std::vector<std::uint8_t>;

inline void write_bytes(const std::filesystem::path& file, const Bytes& bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// Returns an IDX file. `header` has the magic number and the sizes.
inline Bytes idx_bytes(const std::vector<std::uint32_t>& header, const Bytes& values) {
  Bytes bytes;
  for (const std::uint32_t word : header) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(word >> shift));
  }
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

inline Bytes idx_labels(const Bytes& labels) {
  return idx_bytes({0x801, static_cast<std::uint32_t>(labels.size())}, labels);
}

/// Returns images whose pixels count up, modulo 256.
inline Bytes idx_images(std::uint32_t rows, std::uint32_t height, std::uint32_t width) {
  Bytes values(std::size_t{rows} * height * width);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i);
  return idx_bytes({0x803, rows, height, width}, values);
}

inline Bytes gzip_bytes(const Bytes& bytes) {
  z_stream stream = {};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  Bytes packed(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace gpu_sweep::test
