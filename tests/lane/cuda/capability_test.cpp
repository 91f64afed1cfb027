#include "engine/lane/cuda/capability.h"

#include <gtest/gtest.h>

namespace gpu_sweep::cuda {
namespace {

TEST(CudaCapability, MachineCodeRunsOnNewerCardsOfItsMajorNumber) {
  EXPECT_TRUE(has_code_for("80-real", 80));
  EXPECT_TRUE(has_code_for("80-real", 89));
  EXPECT_FALSE(has_code_for("80-real", 75));
  EXPECT_FALSE(has_code_for("86-real", 80));
  EXPECT_FALSE(has_code_for("80-real", 90));
  EXPECT_TRUE(has_code_for("100-real", 103));
  EXPECT_FALSE(has_code_for("100-real", 120));
}

TEST(CudaCapability, PtxRunsOnEveryNewerCard) {
  EXPECT_TRUE(has_code_for("75-virtual", 120));
  EXPECT_TRUE(has_code_for("90", 110));
  EXPECT_FALSE(has_code_for("90", 89));
}

TEST(CudaCapability, CodeForOneCardOrFamilyRunsNowhereElse) {
  EXPECT_TRUE(has_code_for("90a", 90));
  EXPECT_FALSE(has_code_for("90a", 100));
  EXPECT_FALSE(has_code_for("100a-real", 103));
  EXPECT_TRUE(has_code_for("100f", 103));
  EXPECT_FALSE(has_code_for("100f", 110));
}

TEST(CudaCapability, WordsWithoutANumberCountAsCodeForEveryCard) {
  EXPECT_TRUE(has_code_for("native", 75));
  EXPECT_TRUE(has_code_for("all-major", 120));
  EXPECT_FALSE(has_code_for("", 90));
}

TEST(CudaCapability, ARefusalNamesTheCardsCapabilityAndThoseWithCode) {
  EXPECT_EQ(why_no_code("75-real 80-real 90 120-real", 70),
            "compute capability 7.0, this build has code for 7.5, 8.0, 9.0 and newer, 12.0");
  EXPECT_EQ(why_no_code("80-real 90-real", 120), "compute capability 12.0, this build has code for 8.0, 9.0");
  EXPECT_EQ(why_no_code("75", 120), "");
}

}  // namespace
}  // namespace gpu_sweep::cuda
