// Who is believed before a sweep: every honest variant of a device passes, every lie is refused.
#include "engine/selftest/device_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/lane/cpu_lane.h"
#include "engine/selftest/exact_products.h"
#include "engine/selftest/first_steps.h"
#include "engine/selftest/own_operations.h"
#include "engine/selftest/subject.h"
#include "engine/train/layout_on_lane.h"
#include "tests/selftest/honest_grid.h"
#include "tests/selftest/lies.h"

namespace gpu_sweep::test {
namespace {

TEST(DeviceCheck, BelievesHonestVariants) { expect_honest_variants_pass(1); }

/// The study's shapes in small were refused by a check that held relu and Adam, RMSprop against the CPU.
TEST(DeviceCheck, BelievesHonestDevicesWhereRoundingMovesSingleWeights) {
  SelftestScale scale = kStandInScale;
  scale.side = 28;
  const Dataset dataset = selftest_data(scale, 120);
  const Shape deep = {{64, 64, 64, 64, 64}, Activation::kRelu, OptimiserKind::kRmsProp, 32, 2};
  Shape kink = deep;
  kink.optimiser = OptimiserKind::kAdam;
  for (const HonestVariant& variant : {kHonestVariants[0], kHonestVariants[1], kHonestVariants[2]}) {
    const DeviceCheck rmsprop = check(dataset, deep, Precision::kTf32, variant);
    EXPECT_TRUE(rmsprop.passed()) << variant.name << ": " << rmsprop.complaint;
    const DeviceCheck adam = check(dataset, kink, Precision::kFp32, variant);
    EXPECT_TRUE(adam.passed()) << variant.name << ": " << adam.complaint;
  }
}

TEST(DeviceCheck, FindsNoPlaceToSplitWhereThereIsOneReplicaOrNoHiddenLayer) {
  for (const Precision precision : kPrecisions) {
    const Shape alone = {{24, 20}, Activation::kRelu, OptimiserKind::kAdam, 16, 1};
    EXPECT_TRUE(check(small_images(), alone, precision, kHonestVariants[0]).passed());
    const Shape flat = {{}, Activation::kRelu, OptimiserKind::kAdam, 16, 3};
    EXPECT_TRUE(check(small_images(), flat, precision, kHonestVariants[0]).passed());
    const Shape whole = {{24}, Activation::kRelu, OptimiserKind::kAdam, 120, 2};  // one batch an epoch
    const DeviceCheck seen = check(small_images(), whole, precision, kHonestVariants[0]);
    EXPECT_TRUE(seen.passed()) << to_string(precision) << ": " << seen.complaint;
  }
}

/// What each part of the check says of one lie, in units of what it allows; above 1 is a refusal.
struct Refusal {
  double products, operations, steps;
  bool refused;
};

Refusal hear(const NamedLie& lie, Precision precision) {
  const Shape shape = {{24, 20}, lie.activation, lie.optimiser};
  const GroupSpec group = group_of(small_images(), shape, precision);
  const Perform perform = [&](const Op& op, const Memory& memory, const std::function<void()>& honestly) {
    lie.perform(op, memory, [&] { honest(kHonestVariants[0])(op, memory, honestly); });
  };
  LyingLane lane(make_cpu_lane(), {lie.alter, {}, {}, perform});
  const ExactProducts exact =
      multiply_integers(lane, products_of(layout_on_lane(lane, dataset_layout(small_images()), group)));
  const OwnOperations own = judge_operations(lane, small_images(), group);
  const FirstSteps steps = compare_first_steps(lane, small_images(), group);
  Refusal seen = {static_cast<double>(exact.wrong), worst(own.margins()), worst(steps.margins()),
                  exact.wrong > 0 || !own.complaint.empty() || !steps.agree()};
  if (!own.complaint.empty() && seen.operations <= 1) seen.operations = HUGE_VAL;  // bits, not a size
  return seen;
}

std::string cell(const Refusal& seen) {
  char text[80];
  std::snprintf(text, sizeof text, "%7.2g %8.2g %8.2g %s", seen.products, seen.operations, seen.steps,
                seen.refused ? " " : "!");
  return text;
}

TEST(DeviceCheck, RefusesEveryLieInEveryPrecisionInWhichItIsOne) {
  std::printf(
      "wrong elements of exact products; error of operations and of three steps in units of what is "
      "allowed (inf: bits that must be equal are not)\n%-34s",
      "");
  for (const Precision precision : kPrecisions) std::printf(" | %-27s", to_string(precision));
  std::printf("\n");
  for (const NamedLie& lie : lies()) {
    std::printf("%-34s", lie.name.c_str());
    for (const Precision precision : kPrecisions) {
      if (std::ranges::count(lie.precisions, precision) == 0) {
        std::printf(" | %-27s", "n/a");
        continue;
      }
      const Refusal seen = hear(lie, precision);
      std::printf(" | %s", cell(seen).c_str());
      EXPECT_TRUE(seen.refused) << lie.name << " passes in " << to_string(precision);
    }
    std::printf("\n");
  }
}

/// The old bound was too wide for this: one product of many, in which nothing is wrong but the precision.
TEST(DeviceCheck, SeesTf32InOneProductByExactProductsAndByTheGradient) {
  const auto all = lies();
  const auto lie = std::ranges::find(all, "TF32 in one product", &NamedLie::name);
  ASSERT_NE(lie, all.end());
  const Refusal seen = hear(*lie, Precision::kFp32);
  EXPECT_GT(seen.products, 0);
  EXPECT_GT(seen.steps, 5);
}

TEST(DeviceCheck, NamesWhatIsWrong) {
  LyingLane lane(make_cpu_lane(), {{}, {}, {}, [](const Op& op, const Memory& memory, const auto& honestly) {
                                     const auto* gemm = std::get_if<Gemm>(&op);
                                     if (gemm == nullptr) return honestly();
                                     multiply(*gemm, memory, kHonestVariants[0]);
                                     if (gemm->product == Product::kInputGradient)
                                       write<float>(memory, gemm->c, 1)[0] += 1;
                                   }});
  const Shape shape = {{24, 20}, Activation::kRelu, OptimiserKind::kAdam};
  const DeviceCheck seen =
      check_device(lane, small_images(), group_of(small_images(), shape, Precision::kFp32));
  EXPECT_EQ(seen.complaint, "input gradient product of 24 x 16, batch 16, 5 replicas: 4 elements are wrong");
}

}  // namespace

}  // namespace gpu_sweep::test
