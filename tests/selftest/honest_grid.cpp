#include "tests/selftest/honest_grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/checks.h"

namespace gpu_sweep::test {
namespace {

constexpr int kDepths = 5;

}  // namespace

const Dataset& small_images() {
  static const Dataset dataset = [] {
    SelftestScale scale = kStandInScale;
    scale.side = 12;
    return selftest_data(scale, 120);
  }();
  return dataset;
}

GroupSpec group_of(const Dataset& dataset, const Shape& shape, Precision precision) {
  ModelSpec model;
  model.name = "model";
  model.hidden = shape.hidden;
  model.activation = shape.activation;
  model.batch_size = shape.batch;
  model.optimizer = OptimizerSpec::with_defaults(shape.optimizer);
  if (shape.settings) add_settings(model);
  return selftest_group(dataset, model, precision, shape.replicas);
}

DeviceCheck check(const Dataset& dataset, const Shape& shape, Precision precision,
                  const HonestVariant& variant) {
  LyingLane lane(make_cpu_lane(), {{}, {}, {}, honest(variant)});
  return check_device(lane, dataset, group_of(dataset, shape, precision));
}

double worst(const std::vector<Margin>& margins) {
  double worst = 0;
  for (const Margin& margin : margins) {
    if (margin.bound) worst = std::fmax(worst, margin.value == 0 ? 0 : margin.value / *margin.bound);
  }
  return worst;
}

namespace {

/// Returns all pairs of the first three activations with the first three optimizers. Also returns the pairs
/// of the self-test (kVariants), in which every activation and every optimizer occurs. Testing all pairs
/// would take three times as long.
std::vector<Variant> judged_pairs() {
  constexpr std::size_t kInAllPairs = 3;
  std::vector<Variant> pairs(kVariants.begin(), kVariants.end());
  for (std::size_t o = 0; o < kInAllPairs; ++o) {
    for (std::size_t a = 0; a < kInAllPairs; ++a) {
      if (a != o) pairs.push_back({kActivations[a], kOptimizers[o]});  // kVariants has the pairs with a == o
    }
  }
  return pairs;
}

}  // namespace

void expect_honest_variants_pass(std::size_t variants) {
  const std::vector<int> widths = {24, 20, 9, 24, 20};  // with 9, code for single elements is used, too
  std::map<Precision, double> largest;
  std::size_t turn = 0;
  for (const Precision precision : kPrecisions) {
    for (const auto& [activation, optimizer, settings] : judged_pairs()) {
      for (int depth = 1; depth <= kDepths; ++depth) {
        for (std::size_t v = 0; v < variants; ++v, ++turn) {
          const HonestVariant& variant =
              kHonestVariants[(turn + turn / kDepths) % std::size(kHonestVariants)];
          Shape shape = {{widths.begin(), widths.begin() + depth}, activation, optimizer};
          shape.settings = settings;
          const DeviceCheck seen = check(small_images(), shape, precision, variant);
          EXPECT_TRUE(seen.passed()) << to_string(precision) << ", " << to_string(optimizer) << ", "
                                     << to_string(activation) << (settings ? ", settings, " : ", ") << depth
                                     << " hidden layers, " << variant.name << ": " << seen.complaint;
          largest[precision] = std::fmax(largest[precision], worst(seen.margins));
        }
      }
    }
  }
  for (const auto& [precision, part] : largest) {
    std::printf("honest variants, %s: at most %.2f of what is allowed\n", to_string(precision), part);
  }
}

}  // namespace gpu_sweep::test
