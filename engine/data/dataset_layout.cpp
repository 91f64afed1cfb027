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

template <class T>
DatasetPart part(const std::vector<T>& values, const Tensor& tensor) {
  return {tensor.offset, std::as_bytes(std::span(values))};
}

}  // namespace

DatasetLayout dataset_layout(const Dataset& dataset) {
  DatasetLayout layout;
  layout.features = dataset.features();
  layout.classes = dataset.classes;
  layout.inputs = dataset.inputs;
  for (const Split split : kAllSplits) {
    const LabelledImages& images = dataset[split];
    SplitLayout& place_of = layout.splits[static_cast<std::size_t>(split)];
    place_of.rows = images.rows;
    place_of.pixels = place(static_cast<std::uint64_t>(images.rows) *
                                static_cast<std::uint64_t>(layout.features) * size_of(layout.inputs.type),
                            layout.bytes);
    place_of.labels = place(images.labels.size(), layout.bytes);
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
    with_input_type(layout.inputs.type, [&]<class Input>() {
      parts.push_back(part(dataset[split].inputs<Input>(), layout[split].pixels));
    });
    parts.push_back(part(dataset[split].labels, layout[split].labels));
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
