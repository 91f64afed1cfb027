#include "apps/gpu_sweep/lane_speed.h"

#include <algorithm>
#include <chrono>

#include "engine/data/dataset_layout.h"
#include "engine/sweep/cost.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

constexpr int kSteps = 16;  ///< an epoch of the excerpt
constexpr double kSeconds = 0.5;

/// The first images of every set: enough for a few steps of the batch.
Dataset excerpt(const Dataset& like, int batch) {
  Dataset dataset = like;
  const int rows =
      static_cast<int>(std::min<std::int64_t>(like[Set::kTrain].rows, std::int64_t{batch} * kSteps));
  for (const Set set : kAllSets) {
    LabelledImages& images = dataset.sets[static_cast<std::size_t>(set)];
    images.rows = set == Set::kTrain ? rows : std::min(images.rows, (rows + 4) / 5);
    images.pixels.resize(static_cast<std::size_t>(images.rows) *
                         static_cast<std::size_t>(dataset.features()));
    images.labels.resize(static_cast<std::size_t>(images.rows));
  }
  return dataset;
}

}  // namespace

double measure_lane_speed(const Setup& setup, const GroupSpec& group) {
  const Dataset dataset = excerpt(setup.dataset, group.shape.batch);
  const std::unique_ptr<Lane> lane =
      setup.devices.backend.make_lane(setup.devices.indices.front(), LaneOptions{});
  const DatasetLayout layout = dataset_layout(dataset);
  const Buffer buffer = lane->allocate(layout.bytes);
  lane->upload(buffer, 0, pack(dataset, layout));
  ReplicaGroup replicas(*lane, buffer, layout, group);
  replicas.train_epoch();  // warms up

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::chrono::duration<double> passed{};
  int epochs = 0;
  while (passed.count() < kSeconds) {
    replicas.train_epoch();
    ++epochs;
    passed = Clock::now() - start;
  }
  const double runs = static_cast<double>(group.runs.size());
  return epochs * runs * epoch_flops(group.shape, set_rows(dataset)) / passed.count();
}

}  // namespace gpu_sweep
