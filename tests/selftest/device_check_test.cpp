// The check of a device before a sweep: every honest variant of a device (honest_products.h) must pass, and
// every lie, which is a simulated fault (lies.h), must be refused.
#include "engine/selftest/device_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/exact_products.h"
#include "engine/selftest/first_steps.h"
#include "engine/selftest/own_operations.h"
#include "engine/selftest/subject.h"
#include "engine/train/replica_group.h"
#include "tests/selftest/honest_grid.h"
#include "tests/selftest/lies.h"
#include "tests/selftest/losses_and_weights.h"

namespace gpu_sweep::test {
namespace {

TEST(DeviceCheck, BelievesHonestVariants) { expect_honest_variants_pass(1); }

/// The shapes are small versions of those with which rounding has been seen to change single weights by as
/// much as their whole update, in a step with relu and with Adam or RMSprop.
TEST(DeviceCheck, BelievesHonestDevicesWhereRoundingMovesSingleWeights) {
  SelftestScale scale = kStandInScale;
  scale.side = 28;
  const Dataset dataset = selftest_data(scale, 120);
  const Shape deep = {{64, 64, 64, 64, 64}, Activation::kRelu, OptimizerKind::kRmsProp, 32, 2};
  Shape kink = deep;
  kink.optimizer = OptimizerKind::kAdam;
  for (const HonestVariant& variant : {kHonestVariants[0], kHonestVariants[1], kHonestVariants[2]}) {
    const DeviceCheck rmsprop = check(dataset, deep, Precision::kTf32, variant);
    EXPECT_TRUE(rmsprop.passed()) << variant.name << ": " << rmsprop.complaint;
    const DeviceCheck adam = check(dataset, kink, Precision::kFp32, variant);
    EXPECT_TRUE(adam.passed()) << variant.name << ": " << adam.complaint;
  }
}

TEST(DeviceCheck, BelievesHonestDevicesWithOneReplicaNoHiddenLayerOrOneBatch) {
  for (const Precision precision : kPrecisions) {
    const Shape alone = {{24, 20}, Activation::kRelu, OptimizerKind::kAdam, 16, 1};
    EXPECT_TRUE(check(small_images(), alone, precision, kHonestVariants[0]).passed());
    const Shape flat = {{}, Activation::kRelu, OptimizerKind::kAdam, 16, 3};
    EXPECT_TRUE(check(small_images(), flat, precision, kHonestVariants[0]).passed());
    const Shape whole = {{24}, Activation::kRelu, OptimizerKind::kAdam, 120, 2};  // one batch per epoch
    const DeviceCheck seen = check(small_images(), whole, precision, kHonestVariants[0]);
    EXPECT_TRUE(seen.passed()) << to_string(precision) << ": " << seen.complaint;
  }
}

TEST(DeviceCheck, BelievesHonestDevicesWhoseRunsHaveTheirOwnSplits) {
  Dataset pool = small_images();
  pool.settings.split = SplitPolicy::kPerRun;
  const Shape shape = {{24, 20}, Activation::kRelu, OptimizerKind::kAdam, 16, 3};
  for (const Precision precision : kPrecisions) {
    const DeviceCheck seen = check(pool, shape, precision, kHonestVariants[0]);
    EXPECT_TRUE(seen.passed()) << to_string(precision) << ": " << seen.complaint;
  }
}

/// The results of the check for one lane. `products` is the number of wrong elements of products.
/// `operations` and `steps` are the largest quotients of an error and its bound; they must not be above 1.
struct Row {
  double products, operations, steps;
  bool refused;            ///< by at least one part of the check
  bool refused_by_losses;  ///< by losses_and_weights_agree
};

Row hear(const Shape& shape, const Lie& lie, Precision precision) {
  const GroupSpec group = group_of(small_images(), shape, precision);
  LyingLane lane(make_cpu_lane(), lie);
  const ExactProducts exact =
      multiply_integers(lane, products_of(layout_on_lane(lane, dataset_layout(small_images()), group)));
  const OwnOperations own = judge_operations(lane, small_images(), group);
  const FirstSteps steps = compare_first_steps(lane, small_images(), group);
  Row seen = {static_cast<double>(exact.wrong), worst(own.margins()), worst(steps.margins()),
              exact.wrong > 0 || !own.complaint.empty() || !steps.agree(),
              !losses_and_weights_agree(lane, small_images(), group)};
  // A difference in bits has no size, so it counts as infinite.
  if (!own.complaint.empty() && seen.operations <= 1) seen.operations = HUGE_VAL;
  EXPECT_EQ(check_device(lane, small_images(), group).passed(), !seen.refused);
  return seen;
}

/// Returns the lie, told by a device that otherwise computes like the first honest variant.
Lie told(const NamedLie& lie) {
  return {lie.alter, {}, {}, [&](const Op& op, const Memory& memory, const auto& honestly) {
            lie.perform(op, memory, [&] { honest(kHonestVariants[0])(op, memory, honestly); });
          }};
}

Row hear(const NamedLie& lie, Precision precision) {
  Shape shape = {{24, 20}, lie.activation, lie.optimizer};
  shape.settings = lie.settings;
  return hear(shape, told(lie), precision);
}

std::string cell(const Row& seen) {
  char text[80];
  std::snprintf(text, sizeof text, "%7.2g %8.2g %8.2g %-7s %-7s", seen.products, seen.operations, seen.steps,
                seen.refused ? "refused" : "passed", seen.refused_by_losses ? "refused" : "passed");
  return text;
}

void print_head() {
  std::printf(
      "wrong elements of exact products; error of operations and of three steps in units of what is "
      "allowed (inf: bits that must be equal are not); the whole check; loss and weights alone after three "
      "steps of the group's own\n%-34s",
      "");
  for (const Precision precision : kPrecisions) std::printf(" | %-41s", to_string(precision));
  std::printf("\n");
}

TEST(DeviceCheck, RefusesEveryLieInEveryPrecisionInWhichItIsOne) {
  print_head();
  for (const NamedLie& lie : lies()) {
    std::printf("%-34s", lie.name.c_str());
    for (const Precision precision : kPrecisions) {
      if (std::ranges::count(lie.precisions, precision) == 0) {
        std::printf(" | %-41s", "n/a");
        continue;
      }
      const Row seen = hear(lie, precision);
      std::printf(" | %s", cell(seen).c_str());
      EXPECT_TRUE(seen.refused) << lie.name << " passes in " << to_string(precision);
    }
    std::printf("\n");
  }
}

TEST(DeviceCheck, EveryOptimizerIsLiedAbout) {
  const std::vector<NamedLie> lies = lies_of_optimizers();
  for (const OptimizerKind kind : kOptimizers) {
    EXPECT_TRUE(std::ranges::any_of(lies, [kind](const NamedLie& lie) { return lie.optimizer == kind; }))
        << "no lie about " << to_string(kind) << " in lies_of_optimizers.cpp";
  }
}

TEST(DeviceCheck, BelievesEveryHonestVariantInEveryPart) {
  print_head();
  for (const HonestVariant& variant : kHonestVariants) {
    std::printf("%-34s", variant.name);
    for (const Precision precision : kPrecisions) {
      const Row seen =
          hear({{24, 20}, Activation::kRelu, OptimizerKind::kAdam}, {{}, {}, {}, honest(variant)}, precision);
      std::printf(" | %s", cell(seen).c_str());
      EXPECT_FALSE(seen.refused) << variant.name << " is refused in " << to_string(precision);
    }
    std::printf("\n");
  }
}

/// A product can be wrong in a single replica that is not among the two judged ones (own_operations.h). This
/// is detected even without the check of products on integers.
TEST(DeviceCheck, JudgesUnlikeProductsOfOtherReplicas) {
  const auto all = lies();
  const auto lie = std::ranges::find(all, "dW x 1.005 in replica 2", &NamedLie::name);
  ASSERT_NE(lie, all.end());
  for (const Precision precision : kPrecisions) {
    LyingLane lane(make_cpu_lane(), told(*lie));
    const Shape shape = {{24, 20}, lie->activation, lie->optimizer};
    const OwnOperations own =
        judge_operations(lane, small_images(), group_of(small_images(), shape, precision));
    EXPECT_NE(own.complaint.find("replica 2: "), std::string::npos)
        << to_string(precision) << ": " << own.complaint;
    EXPECT_GT(own.unlike_products, 0);
  }
}

/// The forward products of the hidden layers have a fault, which only lowers their precision to that of TF32.
TEST(DeviceCheck, DetectsTf32InOneProductByExactProductsAndByTheGradient) {
  const auto all = lies();
  const auto lie = std::ranges::find(all, "TF32 in one product", &NamedLie::name);
  ASSERT_NE(lie, all.end());
  const Row seen = hear(*lie, Precision::kFp32);
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
  const Shape shape = {{24, 20}, Activation::kRelu, OptimizerKind::kAdam};
  const DeviceCheck seen =
      check_device(lane, small_images(), group_of(small_images(), shape, Precision::kFp32));
  EXPECT_EQ(seen.complaint, "input gradient product of 24 x 16, batch 16, 5 replicas: 4 elements are wrong");
}

}  // namespace

}  // namespace gpu_sweep::test
