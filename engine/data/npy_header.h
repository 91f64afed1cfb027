// The header of a .npy file: a Python dictionary literal with exactly three keys.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpu_sweep {

struct NpyHeader {
  std::string type;  ///< the value of `descr`: "<f4"
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Parses "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }" with the keys in any order. Throws
/// std::invalid_argument with one line (position, expected) for anything else.
NpyHeader parse_npy_header(std::string_view text);

/// The first bytes of every .npy file.
inline constexpr std::array<std::uint8_t, 6> kNpyMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};

/// The greatest number of bytes before the values: 12 for magic, version and length, and 10,000 for the
/// header, which is NumPy's own limit.
inline constexpr std::size_t kMostNpyStart = 12 + 10000;

/// What precedes the values in a .npy file.
struct NpyStart {
  NpyHeader header;
  std::size_t values_at = 0;  ///< offset of the values
};

/// Parses the start of a file in format 1.0, 2.0 or 3.0. `bytes` must contain at least the first
/// kMostNpyStart bytes of the file, or the whole file if it is shorter. Messages call the file `name`. Throws
/// Error(kData) if the start is damaged or too long.
NpyStart npy_start(std::span<const std::uint8_t> bytes, const std::string& name);

/// Formats the header as NumPy writes it, without padding.
std::string format_npy_header(const NpyHeader& header);

/// Returns the bytes that precede the values in a file written by NumPy 1.23 or newer. The format is 1.0, and
/// the header leaves room for a larger number of rows.
std::vector<std::uint8_t> npy_file_start(const NpyHeader& header);

}  // namespace gpu_sweep
