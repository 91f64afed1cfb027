// The header of a .npy file: a Python dictionary literal with exactly three keys.
#pragma once

#include <cstdint>
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

/// Formats the header as NumPy writes it, without padding.
std::string format_npy_header(const NpyHeader& header);

}  // namespace gpu_sweep
