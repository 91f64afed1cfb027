// The first steps of a sweep agree with the CPU's if a device computes correctly, and differ if it does not.
#include "engine/selftest/first_steps.h"

#include <gtest/gtest.h>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/subject.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {
namespace {

/// Returns a group of two runs of a model with four hidden layers.
GroupSpec deep_group(const Dataset& dataset, Precision precision, OptimizerKind optimizer) {
  ModelSpec model;
  model.name = "deep";
  model.hidden = {64, 32, 16, 16};
  model.batch_size = 64;
  model.optimizer = OptimizerSpec::with_defaults(optimizer);
  return selftest_group(dataset, model, precision, 2);
}

SelftestScale scale() {
  SelftestScale scale = kStandInScale;
  scale.side = 12;
  return scale;
}

TEST(FirstSteps, AgreeOnTheCpuInEveryPrecisionThatItHas) {
  const Dataset dataset = selftest_data(scale(), 400);
  const SelftestSubject subject = selftest_subject(cpu_backend(), 0);
  for (const Precision precision : subject.precisions) {
    for (const OptimizerKind optimizer : kOptimizers) {
      const auto lane = make_cpu_lane();
      const FirstSteps steps = compare_first_steps(*lane, dataset, deep_group(dataset, precision, optimizer));
      EXPECT_TRUE(steps.agree()) << to_string(precision) << " " << to_string(optimizer) << ": "
                                 << steps.text();
      if (precision == Precision::kFp32) {
        EXPECT_EQ(steps.gradient, 0) << to_string(optimizer);
      }
    }
  }
}

TEST(FirstSteps, AgreeEvenIfAnExperimentDiverges) {
  const Dataset dataset = selftest_data(scale(), 400);
  GroupSpec group = deep_group(dataset, Precision::kFp32, OptimizerKind::kSgd);
  group.runs[0].model.optimizer.learning_rate = 1e6;
  const auto lane = make_cpu_lane();
  const FirstSteps steps = compare_first_steps(*lane, dataset, group);
  EXPECT_TRUE(steps.agree()) << steps.text();
}

bool agrees(const Lie& lie) {
  const Dataset dataset = selftest_data(scale(), 400);
  LyingLane lane(make_cpu_lane(), lie);
  return compare_first_steps(lane, dataset, deep_group(dataset, Precision::kFp32, OptimizerKind::kAdam))
      .agree();
}

TEST(FirstSteps, DifferWhereProductsAreWrong) {
  EXPECT_TRUE(agrees({}));
  EXPECT_FALSE(agrees({altering<Gemm>([](Gemm& op) { op.alpha *= 1.01F; }), {}, {}, {}}));
}

TEST(FirstSteps, DifferWhereOnlyTheLastReplicaIsWrong) {
  const auto same_rate = altering<GatherBatch>([](GatherBatch& op) { op.order.replica_stride = 0; });
  EXPECT_FALSE(agrees({same_rate, {}, {}, {}}));
}

TEST(FirstSteps, DifferWhereTheLossIsNotANumber) {
  const auto overflow = altering<Gemm>([](Gemm& op) { op.alpha = 1e38F; });
  EXPECT_FALSE(agrees({overflow, {}, {}, {}}));
}

}  // namespace
}  // namespace gpu_sweep::test
