// The checksum of TFRecord files.
#pragma once

#include <cstdint>
#include <string_view>

namespace gpu_sweep {

/// Returns the CRC-32C (Castagnoli) of `bytes`, masked as the TFRecord format requires: rotated right by 15
/// bits, plus 0xa282ead8.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace gpu_sweep
