#include "engine/selftest/subject.h"

#include <algorithm>

#include "engine/data/synthetic_dataset.h"
#include "engine/lane/lane.h"

namespace gpu_sweep {
namespace {

constexpr int kClasses = 10;
constexpr std::uint32_t kDataSeed = 20;

}  // namespace

SelftestSubject selftest_subject(const Backend& backend, int index) {
  const DeviceInfo& device = backend.devices.at(static_cast<std::size_t>(index));
  SelftestSubject subject;
  subject.make_lane = [make = backend.make_lane, index](const LaneOptions& options) {
    return make(index, options);
  };
  subject.precisions = precisions_of(device);
  if (device.device_kind == "cpu") subject.scale = kCpuScale;
  if (device.device_kind == "simt") subject.scale = kStandInScale;
  return subject;
}

Dataset selftest_data(const SelftestScale& scale, int train_rows) {
  const int others = std::max(1, train_rows / 4);
  return synthetic_dataset(train_rows, others, others, scale.side, kClasses, kDataSeed);
}

ModelSpec selftest_model(const SelftestScale& scale, int hidden_layers) {
  ModelSpec model;
  model.name = std::to_string(hidden_layers) + " hidden layers";
  for (int l = 0; l < hidden_layers; ++l) model.hidden.push_back(std::max(2, scale.widest >> l));
  model.batch_size = scale.batch;
  model.epochs = 2;
  return model;
}

void add_settings(ModelSpec& model) {
  model.schedule = ScheduleSpec::with_defaults(ScheduleKind::kCosine);
  model.schedule.warmup = 1;
  model.optimizer.weight_decay = 0.1;
  model.optimizer.l2 = 0.01;
  model.optimizer.gradient_clip_norm = 0.5;
  model.label_smoothing = 0.1;
  model.class_weights.balanced = true;
}

GroupSpec selftest_group(const Dataset& dataset, const ModelSpec& model, Precision precision, int replicas) {
  GroupSpec group = empty_group(model, dataset, precision);
  group.replicas = replicas;
  for (int r = 0; r < replicas; ++r) group.runs.push_back({model, static_cast<std::uint64_t>(r + 1), {}});
  return group;
}

}  // namespace gpu_sweep
