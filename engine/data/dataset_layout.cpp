#include "engine/data/dataset_layout.h"

#include <cstring>

namespace gpu_sweep {
namespace {

constexpr std::uint64_t kAlignment = 256;

Tensor place(std::uint64_t bytes, std::uint64_t& end) {
  const Tensor tensor = {.space = Space::kDataset, .offset = end, .replica_stride = 0};
  end += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return tensor;
}

template <class T>
void copy(const std::vector<T>& values, const Tensor& tensor, std::vector<std::byte>& to) {
  if (!values.empty()) std::memcpy(to.data() + tensor.offset, values.data(), values.size() * sizeof(T));
}

}  // namespace

DatasetLayout dataset_layout(const Dataset& dataset) {
  DatasetLayout layout;
  layout.features = dataset.features();
  layout.classes = dataset.classes;
  for (const Split split : kAllSplits) {
    const LabelledImages& images = dataset[split];
    SplitLayout& place_of = layout.splits[static_cast<std::size_t>(split)];
    place_of.rows = images.rows;
    place_of.pixels = place(images.pixels.size() * size_of(layout.inputs.type), layout.bytes);
    place_of.labels = place(images.labels.size(), layout.bytes);
  }
  layout.label_counts.resize(static_cast<std::size_t>(dataset.classes));
  for (const std::uint8_t label : dataset[Split::kTrain].labels) {
    if (label < layout.label_counts.size()) ++layout.label_counts[label];
  }
  return layout;
}

std::vector<std::byte> pack(const Dataset& dataset, const DatasetLayout& layout) {
  std::vector<std::byte> bytes(layout.bytes);
  for (const Split split : kAllSplits) {
    with_input_type(layout.inputs.type, [&]<class Input>() {
      const std::vector<Input>& pixels = dataset[split].pixels;
      copy(pixels, layout[split].pixels, bytes);
    });
    copy(dataset[split].labels, layout[split].labels, bytes);
  }
  return bytes;
}

}  // namespace gpu_sweep
