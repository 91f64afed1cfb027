// IDX files, the format of MNIST and its relatives: a magic number, big-endian sizes, then the values.
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

/// Decodes the bytes of a file, plain or gzip (recognized by its first two bytes). Images have two or more
/// dimensions. Labels have one dimension, or two if they are one-hot. `name` is used in messages. Throws
/// Error(kData) unless the bytes are exactly one IDX file of this kind. Allocates memory only after the sizes
/// in the header have been found to match the number of bytes.
IdxFile decode_idx(std::span<const std::uint8_t> bytes, IdxKind kind, const std::string& name);

/// Returns the header of a file of `rows` labels, or of `rows` images of `height` x `width`. If decode_idx
/// would refuse such a file, throws Error(kData) with `name` as the name of the values.
std::vector<std::uint8_t> idx_header(IdxKind kind, std::uint64_t rows, std::uint64_t height,
                                     std::uint64_t width, const std::string& name);

/// Reads and decodes a file, as `decode_idx` does.
IdxFile read_idx(const std::filesystem::path& file, IdxKind kind);

}  // namespace gpu_sweep
