// The .npy format: one array of numbers with a header that names its type and shape.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "gpu_sweep/fp16.h"

namespace gpu_sweep {

static_assert(std::endian::native == std::endian::little, "arrays are kept as little-endian bytes");

/// Element types, little-endian. Anything else is refused, in particular pickled objects.
enum class NpyType : std::uint8_t { kFloat32, kFloat64, kInt32, kInt64, kUint8, kUint32, kUint64, kFloat16 };

std::size_t size_of(NpyType type);
const char* to_string(NpyType type);  ///< as in the header: "<f4", "|u1", ...

template <class T>
constexpr NpyType npy_type() {
  if constexpr (std::same_as<T, float>) return NpyType::kFloat32;
  if constexpr (std::same_as<T, double>) return NpyType::kFloat64;
  if constexpr (std::same_as<T, std::int32_t>) return NpyType::kInt32;
  if constexpr (std::same_as<T, std::int64_t>) return NpyType::kInt64;
  if constexpr (std::same_as<T, std::uint8_t>) return NpyType::kUint8;
  if constexpr (std::same_as<T, std::uint32_t>) return NpyType::kUint32;
  if constexpr (std::same_as<T, std::uint64_t>) return NpyType::kUint64;
  if constexpr (std::same_as<T, Fp16>) return NpyType::kFloat16;
}

/// An array in C order. The size of `bytes` is exactly the product of the shape times the element's size.
struct NpyArray {
  NpyType type = NpyType::kFloat32;
  std::vector<std::uint64_t> shape;  ///< empty for a scalar
  std::vector<std::uint8_t> bytes;

  friend bool operator==(const NpyArray&, const NpyArray&) = default;
};

/// Returns `bytes` as an array of this shape. Throws std::invalid_argument if the sizes do not match.
NpyArray npy_array(std::vector<std::uint64_t> shape, NpyType type, std::span<const std::uint8_t> bytes);

template <class T>
NpyArray npy_array(std::vector<std::uint64_t> shape, const std::vector<T>& values) {
  return npy_array(std::move(shape), npy_type<T>(),
                   {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
}

/// Throws std::invalid_argument unless the array is of this type.
void require_type(const NpyArray& array, NpyType type);

/// Returns the elements. Throws std::invalid_argument unless T is the array's type.
template <class T>
std::vector<T> npy_values(const NpyArray& array) {
  require_type(array, npy_type<T>());
  std::vector<T> values(array.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

/// Returns the bytes of a .npy file in format 1.0. As in NumPy, the header is padded so that the values begin
/// at a multiple of 64 bytes.
std::vector<std::uint8_t> format_npy(const NpyArray& array);

/// Reads formats 1.0, 2.0 and 3.0. `name` is used in messages. Throws Error(kData) for a malformed header,
/// for Fortran order, for big-endian or unsupported types, and if the number of bytes does not match the
/// header.
NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace gpu_sweep
