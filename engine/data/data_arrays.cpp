#include "engine/data/data_arrays.h"

#include "engine/data/idx_file.h"
#include "engine/data/sha256.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

DataArray in_memory(IdxKind kind, const std::string& name, std::span<const std::uint8_t> values,
                    std::uint64_t rows, std::uint64_t height, std::uint64_t width) {
  const std::vector<std::uint8_t> header = idx_header(kind, rows, height, width, name);
  if (values.size() != rows * height * width) {
    refuse_data(name, std::to_string(values.size()) + " values, expected " + std::to_string(rows) + " x " +
                          std::to_string(height) + " x " + std::to_string(width));
  }
  return {name,   static_cast<int>(rows),    static_cast<int>(height), static_cast<int>(width),
          values, sha256_hex(header, values)};
}

}  // namespace

DataArray images_in_memory(const std::string& name, std::span<const std::uint8_t> values, std::uint64_t rows,
                           std::uint64_t height, std::uint64_t width) {
  return in_memory(IdxKind::kImages, name, values, rows, height, width);
}

DataArray labels_in_memory(const std::string& name, std::span<const std::uint8_t> values) {
  return in_memory(IdxKind::kLabels, name, values, values.size(), 1, 1);
}

}  // namespace gpu_sweep
