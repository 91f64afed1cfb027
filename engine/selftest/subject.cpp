#include "engine/selftest/subject.h"

#include <algorithm>
#include <random>

namespace gpu_sweep {
namespace {

constexpr int kClasses = 10;
constexpr std::uint32_t kDataSeed = 20;

LabelledImages noisy_patches(int rows, int pixels, std::mt19937& random) {
  LabelledImages images;
  images.rows = rows;
  for (int i = 0; i < rows; ++i) {
    const auto label = static_cast<std::uint8_t>(random() % kClasses);
    images.labels.push_back(label);
    for (int p = 0; p < pixels; ++p) {
      const unsigned bright = p % kClasses == label ? 127 : 0;
      images.pixels.push_back(static_cast<std::uint8_t>(random() % 128 + bright));
    }
  }
  return images;
}

}  // namespace

SelftestSubject selftest_subject(const Backend& backend, int index) {
  const DeviceInfo& device = backend.devices.at(static_cast<std::size_t>(index));
  SelftestSubject subject;
  subject.make_lane = [make = backend.make_lane, index](const LaneOptions& options) {
    return make(index, options);
  };
  subject.precisions = {Precision::kFp32};
  if (device.supports_tf32) subject.precisions.push_back(Precision::kTf32);
  if (device.supports_bf16) subject.precisions.push_back(Precision::kBf16);
  if (device.device_kind == "cpu") subject.scale = kCpuScale;
  if (device.device_kind == "simt") subject.scale = kStandInScale;
  return subject;
}

Dataset selftest_data(const SelftestScale& scale, int train_rows) {
  std::mt19937 random(kDataSeed);
  Dataset dataset;
  dataset.height = dataset.width = scale.side;
  dataset.classes = kClasses;
  const int others = std::max(1, train_rows / 4);
  dataset.sets = {noisy_patches(train_rows, dataset.features(), random),
                  noisy_patches(others, dataset.features(), random),
                  noisy_patches(others, dataset.features(), random)};
  return dataset;
}

ModelSpec selftest_model(const SelftestScale& scale, int hidden_layers) {
  ModelSpec model;
  model.name = std::to_string(hidden_layers) + " hidden layers";
  for (int l = 0; l < hidden_layers; ++l) model.hidden.push_back(std::max(2, scale.widest >> l));
  model.batch_size = scale.batch;
  model.epochs = 2;
  return model;
}

GroupSpec selftest_group(const Dataset& dataset, const ModelSpec& model, Precision precision, int replicas) {
  GroupSpec group;
  group.shape = mlp_spec(model, dataset.features(), dataset.classes, precision);
  group.epochs = model.epochs;
  group.shuffle = model.shuffle;
  group.replicas = replicas;
  for (int r = 0; r < replicas; ++r) group.runs.push_back({model, static_cast<std::uint64_t>(r + 1), {}});
  return group;
}

}  // namespace gpu_sweep
