#include "engine/store/formats/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "engine/data/npy_header.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kAlignment = 64;

struct TypeInfo {
  const char* name;
  std::size_t bytes;
};
constexpr std::array<TypeInfo, 8> kTypes = {
    {{"<f4", 4}, {"<f8", 8}, {"<i4", 4}, {"<i8", 8}, {"|u1", 1}, {"<u4", 4}, {"<u8", 8}, {"<f2", 2}}};

std::optional<NpyType> find_type(const std::string& name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (name == kTypes[i].name) return static_cast<NpyType>(i);
  }
  return {};
}

/// Returns how many bytes an array has, or nothing if the number overflows.
std::optional<std::uint64_t> bytes_of(const std::vector<std::uint64_t>& shape, NpyType type) {
  std::uint64_t bytes = size_of(type);
  for (const std::uint64_t size : shape) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) return {};
  }
  return bytes;
}

}  // namespace

std::size_t size_of(NpyType type) { return kTypes.at(static_cast<std::size_t>(type)).bytes; }
const char* to_string(NpyType type) { return kTypes.at(static_cast<std::size_t>(type)).name; }

NpyArray npy_array(std::vector<std::uint64_t> shape, NpyType type, std::span<const std::uint8_t> bytes) {
  if (bytes_of(shape, type) != bytes.size()) throw std::invalid_argument("shape and values differ in size");
  return {.type = type, .shape = std::move(shape), .bytes = {bytes.begin(), bytes.end()}};
}

void require_type(const NpyArray& array, NpyType type) {
  if (array.type != type) {
    throw std::invalid_argument(
        fmt::format("array of {} read as {}", to_string(array.type), to_string(type)));
  }
}

std::vector<std::uint8_t> format_npy(const NpyArray& array) {
  std::string header =
      format_npy_header({.type = to_string(array.type), .fortran_order = false, .shape = array.shape});
  const std::size_t unpadded = 10 + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header += '\n';

  std::vector<std::uint8_t> bytes(kNpyMagic.size() + 4 + header.size() + array.bytes.size());
  std::copy(kNpyMagic.begin(), kNpyMagic.end(), bytes.begin());
  bytes[6] = 1;
  bytes[8] = static_cast<std::uint8_t>(header.size());
  bytes[9] = static_cast<std::uint8_t>(header.size() >> 8);
  std::copy(array.bytes.begin(), array.bytes.end(),
            std::copy(header.begin(), header.end(), bytes.begin() + 10));
  return bytes;
}

NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& name) {
  const NpyStart start = npy_start(bytes, name);
  const NpyHeader& header = start.header;
  const std::span<const std::uint8_t> values = bytes.subspan(start.values_at);
  const std::optional<NpyType> type = find_type(header.type);
  if (!type) {
    refuse_data(
        name, fmt::format(
                  "type {}, expected one of <f2 <f4 <f8 <i4 <i8 <u4 <u8 |u1 (pickled objects are never read)",
                  header.type));
  }
  if (header.fortran_order) {
    refuse_data(name, "Fortran order, expected C order (numpy.ascontiguousarray makes it so)");
  }
  const std::optional<std::uint64_t> expected = bytes_of(header.shape, *type);
  if (!expected || *expected != values.size()) {
    refuse_data(name, fmt::format("{} bytes of values, expected {} for its shape", values.size(),
                                  expected ? std::to_string(*expected) : "more than 2^64"));
  }
  return {.type = *type, .shape = header.shape, .bytes = {values.begin(), values.end()}};
}

}  // namespace gpu_sweep
