#include "engine/data/dataset_layout.h"

#include <algorithm>

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kAlignment = 256;

Tensor place(std::uint64_t bytes, std::uint64_t& end) {
  const Tensor tensor = {.space = Space::kDataset, .offset = end, .replica_stride = 0};
  end += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return tensor;
}

std::uint64_t row_bytes(const DatasetLayout& layout) {
  return static_cast<std::uint64_t>(layout.features) * size_of(layout.inputs.type);
}

/// Returns `values` as a part of the data set. `skipped` is the number of bytes of `tensor` that come before
/// the part.
template <class T>
DatasetPart part(const std::vector<T>& values, const Tensor& tensor, std::uint64_t skipped) {
  return {tensor.offset + skipped, std::as_bytes(std::span(values))};
}

}  // namespace

DatasetLayout dataset_layout(const Dataset& dataset) {
  DatasetLayout layout;
  layout.features = dataset.features();
  layout.classes = dataset.classes;
  layout.inputs = dataset.inputs;
  const int pool =
      dataset.has_split_per_run() ? dataset[Split::kTrain].rows + dataset[Split::kValidation].rows : 0;
  if (pool > 0) layout.run_splits = std::make_shared<const RunSplits>(dataset);
  for (const Split split : kAllSplits) {
    SplitLayout& place_of = layout.splits[index_of(split)];
    if (pool > 0 && split == Split::kValidation) {
      place_of = layout[Split::kTrain];
      place_of.first = place_of.rows;
      place_of.rows = dataset[split].rows;
      continue;
    }
    place_of.rows = dataset[split].rows;
    place_of.pool = split == Split::kTrain ? pool : 0;
    const auto rows = static_cast<std::uint64_t>(std::max(place_of.rows, place_of.pool));
    place_of.pixels = place(rows * row_bytes(layout), layout.bytes);
    place_of.labels = place(rows, layout.bytes);
  }
  layout.label_counts.resize(static_cast<std::size_t>(dataset.classes));
  for (const std::uint8_t label : dataset[Split::kTrain].labels) {
    if (label < layout.label_counts.size()) ++layout.label_counts[label];
  }
  return layout;
}

std::vector<DatasetPart> parts_of(const Dataset& dataset, const DatasetLayout& layout) {
  std::vector<DatasetPart> parts;
  for (const Split split : kAllSplits) {
    if (layout[split].rows == 0) continue;
    const auto first = static_cast<std::uint64_t>(layout[split].first);
    with_input_type(layout.inputs.type, [&]<class Input>() {
      parts.push_back(part(dataset[split].inputs<Input>(), layout[split].pixels, first * row_bytes(layout)));
    });
    parts.push_back(part(dataset[split].labels, layout[split].labels, first));
  }
  return parts;
}

std::vector<std::byte> pack(const Dataset& dataset, const DatasetLayout& layout) {
  std::vector<std::byte> bytes(layout.bytes);
  for (const DatasetPart& each : parts_of(dataset, layout)) {
    std::ranges::copy(each.bytes, bytes.begin() + static_cast<std::ptrdiff_t>(each.offset));
  }
  return bytes;
}

}  // namespace gpu_sweep
