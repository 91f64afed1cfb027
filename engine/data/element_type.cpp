#include "engine/data/element_type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "gpu_sweep/fp16.h"

namespace gpu_sweep {
namespace {

struct TypeFacts {
  ElementType type;
  const char* name;
  std::string_view numpy;  ///< NumPy's letter for the kind, and the size in bytes
  std::size_t bytes;
  int idx;  ///< code in an IDX file; 0: has none
};

constexpr std::array kTypes = {
    TypeFacts{ElementType::kBool, "bool", "b1", 1, 0},
    TypeFacts{ElementType::kU8, "uint8", "u1", 1, 0x08},
    TypeFacts{ElementType::kI8, "int8", "i1", 1, 0x09},
    TypeFacts{ElementType::kU16, "uint16", "u2", 2, 0},
    TypeFacts{ElementType::kI16, "int16", "i2", 2, 0x0b},
    TypeFacts{ElementType::kU32, "uint32", "u4", 4, 0},
    TypeFacts{ElementType::kI32, "int32", "i4", 4, 0x0c},
    TypeFacts{ElementType::kU64, "uint64", "u8", 8, 0},
    TypeFacts{ElementType::kI64, "int64", "i8", 8, 0},
    TypeFacts{ElementType::kF16, "float16", "f2", 2, 0},
    TypeFacts{ElementType::kF32, "float32", "f4", 4, 0x0d},
    TypeFacts{ElementType::kF64, "float64", "f8", 8, 0x0e},
};

const TypeFacts& facts_of(ElementType type) { return kTypes.at(static_cast<std::size_t>(type)); }

/// Calls `call.template operator()<T>()` with T = the C++ type of an element.
template <class Call>
void with_element_type(ElementType type, const Call& call) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kU8:
      return call.template operator()<std::uint8_t>();
    case ElementType::kI8:
      return call.template operator()<std::int8_t>();
    case ElementType::kU16:
      return call.template operator()<std::uint16_t>();
    case ElementType::kI16:
      return call.template operator()<std::int16_t>();
    case ElementType::kU32:
      return call.template operator()<std::uint32_t>();
    case ElementType::kI32:
      return call.template operator()<std::int32_t>();
    case ElementType::kU64:
      return call.template operator()<std::uint64_t>();
    case ElementType::kI64:
      return call.template operator()<std::int64_t>();
    case ElementType::kF16:
      return call.template operator()<Fp16>();
    case ElementType::kF32:
      return call.template operator()<float>();
    case ElementType::kF64:
      return call.template operator()<double>();
  }
  throw std::invalid_argument("no element type has this number");
}

template <class T>
double value_at(const std::uint8_t* at, bool swap) {
  std::array<std::uint8_t, sizeof(T)> bytes;
  std::memcpy(bytes.data(), at, sizeof(T));
  if (swap) std::reverse(bytes.begin(), bytes.end());
  const T value = std::bit_cast<T>(bytes);
  if constexpr (std::is_same_v<T, Fp16>) {
    return to_float(value);
  } else {
    return static_cast<double>(value);
  }
}

}  // namespace

const char* to_string(ElementType type) { return facts_of(type).name; }
std::size_t size_of(ElementType type) { return facts_of(type).bytes; }

std::optional<ElementFormat> parse_numpy_type(std::string_view name) {
  if (name.size() != 3) return std::nullopt;
  for (const TypeFacts& facts : kTypes) {
    if (name.substr(1) != facts.numpy) continue;
    const bool has_order = name[0] == '<' || name[0] == '>';
    if (!has_order && (name[0] != '|' || facts.bytes != 1)) return std::nullopt;
    return ElementFormat{facts.type, name[0] == '>'};
  }
  return std::nullopt;
}

std::string numpy_type(ElementFormat format) {
  const TypeFacts& facts = facts_of(format.type);
  return (facts.bytes == 1 ? "|" : format.big_endian ? ">" : "<") + std::string(facts.numpy);
}

std::optional<ElementType> idx_element_type(std::uint8_t code) {
  for (const TypeFacts& facts : kTypes) {
    if (facts.idx != 0 && facts.idx == code) return facts.type;
  }
  return std::nullopt;
}

void to_doubles(ElementFormat format, std::span<const std::uint8_t> bytes, std::span<double> to) {
  static_assert(std::endian::native == std::endian::little, "little-endian bytes are taken as they are");
  with_element_type(format.type, [&]<class T>() {
    if (bytes.size() != to.size() * sizeof(T)) throw std::invalid_argument("other bytes than elements");
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = value_at<T>(bytes.data() + i * sizeof(T), format.big_endian);
    }
  });
}

}  // namespace gpu_sweep
