// The bytes of small .npy files, and zip archives.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "tests/data/idx_fixture.h"

namespace gpu_sweep::test {

/// Returns a .npy file of version 1.0 with these bytes as values.
inline Bytes npy_bytes(const std::string& type, const std::vector<int>& shape, const Bytes& values,
                       bool fortran_order = false) {
  const std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({},), }}\n", type,
                                         fortran_order ? "True" : "False", fmt::join(shape, ","));
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<std::uint8_t>(header.size()), 0};
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

/// Returns the bytes of an array of type T with these values.
template <class T>
Bytes bytes_of(const std::vector<double>& values, bool big_endian = false) {
  Bytes bytes;
  for (const double value : values) {
    const T element = static_cast<T>(value);
    Bytes own(sizeof(T));
    std::memcpy(own.data(), &element, sizeof(T));
    if (big_endian) std::reverse(own.begin(), own.end());
    bytes.insert(bytes.end(), own.begin(), own.end());
  }
  return bytes;
}

using NamedFiles = std::vector<std::pair<std::string, Bytes>>;

/// Writes a zip archive of `entries`, stored or deflated.
inline void write_zip(const std::filesystem::path& file, const NamedFiles& entries, bool deflate) {
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  if (archive == nullptr) std::abort();
  for (const auto& [name, bytes] : entries) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t at = zip_file_add(archive, name.c_str(), source, 0);
    if (at < 0) std::abort();
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(at), deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                             0);
  }
  if (zip_close(archive) != 0) std::abort();
}

}  // namespace gpu_sweep::test
