#include "engine/data/data_arrays.h"

#include <limits>
#include <utility>

#include "engine/data/array_reader.h"
#include "engine/data/idx_file.h"
#include "engine/data/npy_header.h"
#include "engine/data/read_labels.h"
#include "engine/data/sha256.h"

namespace gpu_sweep {
namespace {

bool are_byte_images(const DataArray& array) {
  const std::vector<std::uint64_t>& shape = array.shape;
  return array.format.type == ElementType::kU8 && shape.size() == 3 && shape[0] > 0 && shape[1] > 0 &&
         shape[2] > 0 && shape[0] <= std::numeric_limits<std::int32_t>::max() && shape[1] <= kMostFeatures &&
         shape[2] <= kMostFeatures / shape[1];
}

std::string image_hash(const DataArray& array) {
  const std::vector<std::uint64_t>& shape = array.shape;
  return sha256_hex(idx_header(IdxKind::kImages, shape[0], shape[1], shape[2], array.name), array.bytes);
}

/// Returns the hash of the IDX file that would hold these labels, or nothing if the labels are one-hot.
std::optional<std::string> label_hash(const DataArray& array) {
  const auto reader = borrowed_array(array.name, array.format, array.shape, array.bytes, "");
  const Labels labels = read_labels(*reader);
  if (labels.columns > 0) return std::nullopt;
  return sha256_hex(idx_header(IdxKind::kLabels, labels.values.size(), 1, 1, array.name), labels.values);
}

}  // namespace

DataArray npy_in_memory(const std::string& name, ElementFormat format, std::vector<std::uint64_t> shape,
                        std::span<const std::uint8_t> bytes) {
  const std::vector<std::uint8_t> start = npy_file_start({numpy_type(format), false, shape});
  return {name, format, std::move(shape), bytes, sha256_hex(start, bytes)};
}

std::optional<DataHashes> idx_hashes(const DataArrays& arrays) {
  if (arrays.x_valid || !are_byte_images(arrays.x_train) || !are_byte_images(arrays.x_test)) return {};
  const std::optional<std::string> train = label_hash(arrays.y_train), test = label_hash(arrays.y_test);
  if (!train || !test) return {};
  return DataHashes{image_hash(arrays.x_train), *train, image_hash(arrays.x_test), *test};
}

}  // namespace gpu_sweep
