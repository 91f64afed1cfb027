// SHA-256: how files are recognised and runs are named.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace gpu_sweep {

/// 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);
std::string sha256_hex(const std::string& text);

}  // namespace gpu_sweep
