// The excerpt of the data set on which a lane's speed is measured.
#include "apps/gpu_sweep/training/lane_speed.h"

#include <gtest/gtest.h>

#include "tests/support/small_group.h"

namespace gpu_sweep::test {
namespace {

TEST(LaneSpeed, AnEpochOnACardHas128StepsIfTheDataSuffice) {
  const Dataset dataset = synthetic_dataset(10'000, 2'000, 50, /*side=*/2, /*classes=*/2);
  const auto rows = [&](int batch, const char* kind, Split split = Split::kTrain) {
    const Dataset found = excerpt(dataset, batch, kind);
    EXPECT_EQ(found[split].labels.size(), static_cast<std::size_t>(found[split].rows));
    EXPECT_EQ(found[split].pixels.size(), 4 * static_cast<std::size_t>(found[split].rows));
    return found[split].rows;
  };
  EXPECT_EQ(rows(32, "cpu"), 16 * 32);
  for (const char* card : {"cuda", "simt"}) {
    EXPECT_EQ(rows(32, card), 128 * 32);
    EXPECT_EQ(rows(256, card), 10'000);
    EXPECT_EQ(rows(10'000, card), 10'000);
    EXPECT_EQ(rows(32, card, Split::kValidation), (128 * 32 + 4) / 5) << "in proportion";
    EXPECT_EQ(rows(256, card, Split::kValidation), 2'000);
    EXPECT_EQ(rows(256, card, Split::kTest), 50);
  }
}

}  // namespace
}  // namespace gpu_sweep::test
