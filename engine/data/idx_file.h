// IDX files, the format of MNIST and related data sets: a magic number, big-endian sizes, then the values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/data/element_type.h"

namespace gpu_sweep {

enum class IdxKind : std::uint8_t { kLabels, kImages };

struct IdxFile {
  std::string name;  ///< path, for messages
  ElementType type = ElementType::kU8;
  std::vector<std::uint64_t> shape;  ///< [N, ...]
  int rows = 0;                      ///< N
  std::vector<std::uint8_t> values;  ///< big-endian elements of `type`
  std::string sha256;                ///< of the whole decompressed file, header included
};

/// Decodes the bytes of a file, which is plain or gzip (recognized by its first two bytes). Images have two
/// or more dimensions. Labels have one dimension, or two dimensions if they are one-hot. Messages call the
/// file `name`. Throws Error(kData) unless the bytes are exactly one IDX file of this kind. Memory for
/// the values is allocated only after the sizes in the header have been found to match the number of bytes
/// or, for gzip, to be possible for it.
IdxFile decode_idx(std::span<const std::uint8_t> bytes, IdxKind kind, const std::string& name);

/// Returns the header of a file of `rows` labels, or of `rows` images of `height` x `width`. Throws
/// Error(kData) if decode_idx would refuse a file with this header; the message calls the values `name`.
std::vector<std::uint8_t> idx_header(IdxKind kind, std::uint64_t rows, std::uint64_t height,
                                     std::uint64_t width, const std::string& name);

/// Reads and decodes a file, as `decode_idx` does.
IdxFile read_idx(const std::filesystem::path& file, IdxKind kind);

}  // namespace gpu_sweep
