// IDX files, the format of MNIST and its relatives: a magic number, big-endian sizes, then the values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The magic number of a file of uint8 values: its last byte counts the dimensions.
enum class IdxKind : std::uint32_t { kLabels = 0x00000801, kImages = 0x00000803 };

struct IdxFile {
  std::string name;                  ///< path, for messages
  int rows = 0;                      ///< N
  int height = 1;                    ///< 1 for labels
  int width = 1;                     ///< 1 for labels
  std::vector<std::uint8_t> values;  ///< images [N, height, width] or labels [N]
  std::string sha256;                ///< of the whole decompressed file, header included
};

/// Decodes the bytes of a file, plain or gzip (told by its first two bytes). `name` stands in messages.
/// Throws Error(kData) where the bytes are not exactly one IDX file of this kind. Memory is taken only once
/// the sizes in the header are found to fit the number of bytes.
IdxFile decode_idx(std::span<const std::uint8_t> bytes, IdxKind kind, const std::string& name);

/// `decode_idx` of a file.
IdxFile read_idx(const std::filesystem::path& file, IdxKind kind);

}  // namespace gpu_sweep
