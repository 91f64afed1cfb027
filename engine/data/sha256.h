// SHA-256, which identifies files and names runs.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace gpu_sweep {

/// Returns 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);
std::string sha256_hex(const std::string& text);

/// Returns the hash of the two parts, one after the other.
std::string sha256_hex(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second);

}  // namespace gpu_sweep
