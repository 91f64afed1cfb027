// The types that the numbers of a data file can have, and their conversion.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gpu_sweep {

enum class ElementType : std::uint8_t {
  kBool,
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kU64,
  kI64,
  kF16,
  kF32,
  kF64
};

const char* to_string(ElementType type);  ///< "uint8", "float32", ...
std::size_t size_of(ElementType type);    ///< in bytes

/// How the elements of a file are stored.
struct ElementFormat {
  ElementType type = ElementType::kU8;
  bool big_endian = false;
};

/// Parses NumPy's name of a type, such as "<f4", ">i8" or "|u1". Returns nothing for any other name.
std::optional<ElementFormat> parse_numpy_type(std::string_view name);

/// Returns the name that NumPy gives the format.
std::string numpy_type(ElementFormat format);

/// Returns the element type with this code in the third byte of an IDX file. IDX elements are big-endian.
/// Returns nothing for any other code.
std::optional<ElementType> idx_element_type(std::uint8_t code);

/// Converts the elements stored in `bytes` to doubles. The conversion is exact, except that 64-bit integers
/// beyond 2^53 are rounded. Throws std::invalid_argument unless `bytes` has exactly the size of to.size()
/// elements.
void to_doubles(ElementFormat format, std::span<const std::uint8_t> bytes, std::span<double> to);

}  // namespace gpu_sweep
