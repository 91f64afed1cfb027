#include "engine/statistics/calibration.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gpu_sweep {
namespace {

// There are four images and two classes. The highest probabilities are 0.9375 (right), 0.75 (wrong), 0.75
// (right) and 0.5 (right; a tie, which is decided for class 0).
const std::vector<float> kProbabilities = {0.9375F, 0.0625F, 0.75F, 0.25F, 0.25F, 0.75F, 0.5F, 0.5F};
const std::vector<std::uint8_t> kLabels = {0, 1, 1, 0};

TEST(Calibration, ByHand) {
  const Calibration found = calibration(kProbabilities, kLabels);
  EXPECT_EQ(found.accuracy, 0.75);
  // The terms are the sums of the squared errors over both classes.
  EXPECT_DOUBLE_EQ(found.brier,
                   (2 * 0.0625 * 0.0625 + 2 * 0.75 * 0.75 + 2 * 0.25 * 0.25 + 2 * 0.5 * 0.5) / 4);
  EXPECT_EQ(found.bins[9].images, 1U);
  EXPECT_EQ(found.bins[7].images, 2U);
  EXPECT_EQ(found.bins[7].confidence, 0.75);
  EXPECT_EQ(found.bins[7].accuracy, 0.5);
  EXPECT_EQ(found.bins[5].images, 1U);
  EXPECT_DOUBLE_EQ(found.expected_error, 0.25 * 0.0625 + 0.5 * 0.25 + 0.25 * 0.5);
}

TEST(Calibration, CertaintyBelongsToTheLastBin) {
  const Calibration found = calibration(std::vector<float>{1, 0}, std::vector<std::uint8_t>{1});
  EXPECT_EQ(found.bins[9].images, 1U);
  EXPECT_EQ(found.expected_error, 1);
  EXPECT_EQ(found.brier, 2);
}

TEST(Calibration, RefusesProbabilitiesOfOtherImages) {
  EXPECT_THROW(calibration(std::vector<float>{1, 0, 1}, std::vector<std::uint8_t>{1, 0}),
               std::invalid_argument);
  EXPECT_THROW(calibration({}, {}), std::invalid_argument);
}

TEST(ModelCalibrator, TheMeanOfTwoRunsCanBeRightWhereEachIsWrongOnce) {
  ModelCalibrator calibrator({0, 1});
  calibrator.add(7, std::vector<float>{0.875F, 0.125F, 0.625F, 0.375F});  // wrong on image 1
  calibrator.add(9, std::vector<float>{0.375F, 0.625F, 0.125F, 0.875F});  // wrong on image 0
  const ModelCalibration found = calibrator.result();
  EXPECT_EQ(found.seeds, (std::vector<std::uint64_t>{7, 9}));
  EXPECT_EQ(found.single.accuracy, 0.5);
  EXPECT_EQ(found.ensemble.accuracy, 1);
  EXPECT_EQ(found.single.bins[8].images, 2U) << "the images of both runs";
  EXPECT_EQ(found.single.bins[8].accuracy, 1);
  EXPECT_EQ(found.single.bins[6].accuracy, 0);
  // For both images, the mean probability of the right class is 0.625.
  EXPECT_DOUBLE_EQ(found.ensemble.brier, 2 * 0.375 * 0.375);
  EXPECT_DOUBLE_EQ(found.ensemble.expected_error, 0.375);
}

}  // namespace
}  // namespace gpu_sweep
