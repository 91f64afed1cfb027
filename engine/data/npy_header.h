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
  std::string type;  ///< `descr`: "<f4"
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Parses "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }" with the keys in any order. Throws
/// std::invalid_argument with one line (position, expected) for anything else.
NpyHeader parse_npy_header(std::string_view text);

/// The first bytes of every .npy file.
inline constexpr std::array<std::uint8_t, 6> kNpyMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};

/// Bytes that magic, version and the longest header take together: NumPy's own limit is 10,000 for the
/// header.
inline constexpr std::size_t kMostNpyStart = 12 + 10000;

/// What precedes the values of a .npy file.
struct NpyStart {
  NpyHeader header;
  std::size_t values_at = 0;  ///< offset of the values
};

/// Parses the start of a file: `bytes` are its first kMostNpyStart or more, or all of a shorter file. Reads
/// formats 1.0, 2.0 and 3.0. `name` is used in messages. Throws Error(kData).
NpyStart npy_start(std::span<const std::uint8_t> bytes, const std::string& name);

/// Formats the header as NumPy writes it, without padding.
std::string format_npy_header(const NpyHeader& header);

/// Returns all bytes before the values of the file that NumPy 1.23 and newer write: format 1.0, with room for
/// more rows.
std::vector<std::uint8_t> npy_file_start(const NpyHeader& header);

}  // namespace gpu_sweep
