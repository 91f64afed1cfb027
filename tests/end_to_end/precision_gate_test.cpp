// The quality of bf16: with the study's shallowest model, runs in bf16 and runs in fp32 must have the same
// mean metrics, within 3.5 standard errors.
#include <gtest/gtest.h>

#include <cmath>

#include "gpu_sweep/summary.h"
#include "tests/end_to_end/fashion_mnist_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr int kRuns = GPU_SWEEP_GATE_RUNS;

TEST(PrecisionGate, Bf16LandsWhereFp32Does) {
  if (!choose_devices("cpu").backend.devices[0].supports_bf16) {
    GTEST_SKIP() << "NOT TESTED: this processor has no bf16 instructions";
  }
  const auto fp32 = train_on_fashion_mnist("original model", {256}, kRuns, Precision::kFp32);
  const auto bf16 = train_on_fashion_mnist("original model", {256}, kRuns, Precision::kBf16);
  ASSERT_EQ(fp32.size(), static_cast<std::size_t>(kRuns));
  ASSERT_EQ(bf16.size(), static_cast<std::size_t>(kRuns));
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    for (const bool loss : {false, true}) {
      const MeanStd single = mean_std(metrics(fp32, split, loss));
      const MeanStd half = mean_std(metrics(bf16, split, loss));
      // mean_std divides by n, but a standard error requires division by n - 1.
      const double error = std::sqrt((single.std * single.std + half.std * half.std) / (kRuns - 1));
      EXPECT_NEAR(half.mean, single.mean, 3.5 * error);
      std::printf("set %d %s: fp32 %.4f, bf16 %.4f, %+.2f standard errors\n", static_cast<int>(split),
                  loss ? "loss" : "accuracy", single.mean, half.mean, (half.mean - single.mean) / error);
    }
  }
}

}  // namespace
}  // namespace gpu_sweep::test
