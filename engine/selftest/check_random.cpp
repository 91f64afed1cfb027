#include <span>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/checks.h"
#include "engine/selftest/workbench.h"

namespace gpu_sweep {
namespace {

constexpr int kShuffledReplicas = 3;

std::size_t differences(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
  std::size_t count = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i];
  return count;
}

SelftestResult compare(const std::string& check, const std::string& what,
                       const std::vector<std::byte>& device, const std::vector<std::byte>& cpu) {
  const std::size_t wrong = differences(device, cpu);
  return {check,
          "the CPU's, bit for bit",
          std::to_string(wrong) + " differences in " + what,
          wrong == 0,
          {{"differences", static_cast<double>(wrong), 0.0}}};
}

/// Returns the sample order of an epoch for every replica.
std::vector<std::byte> order_of(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  Workbench bench(lane, dataset, group, group.shape.batch);
  bench.run(build_begin_epoch(bench.layout()));
  std::vector<std::byte> all;
  const auto rows = static_cast<std::size_t>(dataset[Split::kTrain].rows);
  for (int r = 0; r < group.replicas; ++r) {
    const auto order = bench.fetch<std::uint32_t>(bench.layout().order, rows, r);
    const auto bytes = std::as_bytes(std::span(order));
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

/// Returns which outputs of the first hidden layer are 0 after a step. With tanh, these are the dropped
/// outputs.
std::vector<std::byte> mask_of(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  Workbench bench(lane, dataset, group, group.shape.batch);
  bench.train(1);
  std::vector<std::byte> all;
  const LayerLayout& layer = bench.layout().parameters.layers.front();
  const std::size_t elements = static_cast<std::size_t>(group.shape.batch) * layer.padded_outputs;
  for (int r = 0; r < group.replicas; ++r) {
    for (const float a : bench.fetch<float>(bench.layout().activations.front(), elements, r)) {
      all.push_back(a == 0 ? std::byte{1} : std::byte{0});
    }
  }
  return all;
}

}  // namespace

SelftestResult check_order(const SelftestSubject& subject) {
  const Dataset dataset = selftest_data(subject.scale, subject.scale.rows);
  const GroupSpec group =
      selftest_group(dataset, selftest_model(subject.scale, 1), Precision::kFp32, kShuffledReplicas);
  const auto device = order_of(*subject.make_lane({}), dataset, group);
  const std::string what =
      std::to_string(kShuffledReplicas) + " permutations of " + std::to_string(subject.scale.rows);
  return compare("order of the rows", what, device, order_of(*make_cpu_lane(), dataset, group));
}

SelftestResult check_masks(const SelftestSubject& subject) {
  const Dataset dataset = selftest_data(subject.scale, subject.scale.rows);
  ModelSpec model = selftest_model(subject.scale, 1);
  model.activation = Activation::kTanh;
  const GroupSpec group = selftest_group(dataset, model, Precision::kFp32, kShuffledReplicas);
  const auto device = mask_of(*subject.make_lane({}), dataset, group);
  return compare("dropout masks", std::to_string(device.size()) + " elements", device,
                 mask_of(*make_cpu_lane(), dataset, group));
}

}  // namespace gpu_sweep
