#include "apps/gpu_sweep/training/lane_speed.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <vector>

#include "engine/lane/resident_data.h"
#include "engine/sweep/cost.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

/// Steps per epoch of the excerpt. Each epoch ends with a wait and a download. If an epoch had only a few
/// steps, these would dominate the time of small groups on a card.
constexpr int kSteps = 16;
constexpr int kStepsOnACard = 128;
constexpr double kSeconds = 0.5;

}  // namespace

Dataset excerpt(const Dataset& like, int batch, const std::string& device_kind) {
  const std::int64_t steps = device_kind == "cpu" ? kSteps : kStepsOnACard;
  const int rows = static_cast<int>(std::min<std::int64_t>(like[Split::kTrain].rows, batch * steps));
  const int others = (rows + 4) / 5;
  return first_rows(like, {rows, others, others});
}

double measure_lane_speed(const Setup& setup, const GroupSpec& group, int lanes) {
  const Dataset dataset = excerpt(setup.dataset, group.shape.batch, setup.device().device_kind);
  const DatasetLayout layout = dataset_layout(dataset);
  std::vector<std::unique_ptr<Lane>> all;
  for (int i = 0; i < lanes; ++i) {
    all.push_back(setup.devices.backend.make_lane(setup.devices.indices.front(), LaneOptions{}));
  }
  const Buffer buffer = resident_dataset(*all.front(), dataset, layout);
  std::vector<std::unique_ptr<ReplicaGroup>> groups;
  for (const auto& lane : all) {
    groups.push_back(std::make_unique<ReplicaGroup>(*lane, buffer, layout, group));
    groups.back()->train_epoch();  // a warm-up
  }

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto passed = [start] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  std::atomic<int> epochs = 0;
  std::vector<std::future<void>> workers;
  for (const auto& replicas : groups) {
    workers.push_back(std::async(std::launch::async, [&] {
      do {
        replicas->train_epoch();
        ++epochs;
      } while (passed() < kSeconds);
    }));
  }
  for (std::future<void>& worker : workers) worker.get();
  const double runs = static_cast<double>(group.runs.size());
  return epochs * runs * epoch_flops(group.shape, rows_of_splits(dataset)) / passed();
}

}  // namespace gpu_sweep
