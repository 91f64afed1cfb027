#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "apps/study_bench/rates.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep::bench {

double epoch_seconds(const ModelSpec& model, Precision precision, const Dataset& dataset,
                     const Backend& backend, int lanes, int epochs) {
  const DatasetLayout layout = dataset_layout(dataset);
  const std::vector<std::byte> bytes = pack(dataset, layout);
  std::vector<std::unique_ptr<Lane>> all;
  for (int i = 0; i < lanes; ++i) all.push_back(backend.make_lane(0, {}));
  const Buffer resident = all.front()->allocate(layout.bytes);
  all.front()->upload(resident, 0, bytes);
  all.front()->wait();

  const MlpSpec shape = mlp_spec(model, layout.features, layout.classes, precision);
  std::vector<std::unique_ptr<ReplicaGroup>> groups;
  for (int i = 0; i < lanes; ++i) {
    GroupSpec group{shape, epochs, true, 1, {{model, static_cast<std::uint64_t>(i), ""}}};
    groups.push_back(
        std::make_unique<ReplicaGroup>(*all[static_cast<std::size_t>(i)], resident, layout, group));
  }
  const auto one_epoch = [&] {
    std::vector<std::jthread> threads;
    for (const auto& group : groups) threads.emplace_back([&group] { group->train_epoch(); });
  };
  one_epoch();
  std::vector<double> seconds;
  for (int i = 0; i < epochs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    one_epoch();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + epochs / 2, seconds.end());
  return seconds[static_cast<std::size_t>(epochs / 2)];
}

}  // namespace gpu_sweep::bench
