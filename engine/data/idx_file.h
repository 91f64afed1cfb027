// IDX files, the format of MNIST and its relatives: a magic number, big-endian sizes, then the values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The magic number of a file of uint8 values. Its last byte is the number of dimensions.
enum class IdxKind : std::uint32_t { kLabels = 0x00000801, kImages = 0x00000803 };

struct IdxFile {
  std::string name;                  ///< path, for messages
  int rows = 0;                      ///< N
  int height = 1;                    ///< 1 for labels
  int width = 1;                     ///< 1 for labels
  std::vector<std::uint8_t> values;  ///< images [N, height, width] or labels [N]
  std::string sha256;                ///< of the whole decompressed file, header included
};

/// Decodes the bytes of a file, plain or gzip (recognized by its first two bytes). `name` is used in
/// messages. Throws Error(kData) unless the bytes are exactly one IDX file of this kind. Allocates memory
/// only after the sizes in the header have been found to match the number of bytes.
IdxFile decode_idx(std::span<const std::uint8_t> bytes, IdxKind kind, const std::string& name);

/// Returns the header of a file of `rows` labels, or images of `height` x `width`. Throws Error(kData),
/// calling the values `name`, if decode_idx would refuse such a file.
std::vector<std::uint8_t> idx_header(IdxKind kind, std::uint64_t rows, std::uint64_t height,
                                     std::uint64_t width, const std::string& name);

/// Reads and decodes a file, as `decode_idx` does.
IdxFile read_idx(const std::filesystem::path& file, IdxKind kind);

}  // namespace gpu_sweep
