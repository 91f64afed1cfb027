// Listing and choosing simulated cards. Some of them are too old, prohibited by their compute mode or broken,
// or have an old driver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/lane/lane.h"
#include "gpu_sweep/device.h"
#include "tests/simt/simt.h"
#include "tests/support/error_of.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

constexpr simt::Card kOld = {7, 0};
constexpr simt::Card kNew = {9, 0};
constexpr simt::Card kProhibited = {9, 0, simt::Card::State::kProhibited};
constexpr simt::Card kBroken = {9, 0, simt::Card::State::kBroken};

class SimtDevices : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_THAT(simt::take_violations(), testing::IsEmpty());
    simt::set_device_count(1);
    simt::set_driver_version(simt::kRuntimeVersion);
  }
};

TEST_F(SimtDevices, ACardThatCannotBeUsedKeepsItsPlaceAndSaysWhy) {
  simt::set_cards({kOld, kNew, kBroken, kProhibited, kNew});
  const Backend backend = load_backend("simt");
  ASSERT_EQ(backend.devices.size(), 5u);
  EXPECT_THAT(backend.devices[0].why_not, HasSubstr("compute capability 7.0, this build has code for 7.5"));
  EXPECT_EQ(backend.devices[1].why_not, "");
  EXPECT_THAT(backend.devices[2].why_not, HasSubstr("uncorrectable ECC error"));
  EXPECT_THAT(backend.devices[3].why_not, HasSubstr("compute mode"));
  EXPECT_EQ(backend.devices[4].id, "simt:4");
}

TEST_F(SimtDevices, AllCardsMeansTheUsableOnesUnderTheirOwnNumbers) {
  simt::set_cards({kOld, kNew, kBroken, kProhibited, kNew});
  const DeviceChoice choice = choose_devices("simt");
  EXPECT_EQ(choice.indices, (std::vector<int>{1, 4}));
  EXPECT_THAT(choice.notice, HasSubstr("simt:0 (SIMT stand-in): compute capability 7.0"));
  EXPECT_THAT(choice.notice, HasSubstr("simt:2: "));
  EXPECT_THAT(choice.notice, HasSubstr("simt:3 (SIMT stand-in): its compute mode"));
  EXPECT_THAT(choice.notice, testing::Not(HasSubstr("\n")));
  for (const int index : choice.indices) EXPECT_GT(choice.backend.make_lane(index, {})->free_bytes(), 0u);
}

TEST_F(SimtDevices, ACardAskedForByNumberIsRefusedWithItsReason) {
  simt::set_cards({kOld, kNew, kBroken});
  EXPECT_THAT(error_of(ExitCode::kDevice, [] { choose_devices("simt:0"); }),
              HasSubstr("--device simt:0: SIMT stand-in: compute capability 7.0, this build has code for"));
  EXPECT_THAT(error_of(ExitCode::kDevice, [] { choose_devices("simt:2"); }),
              HasSubstr("--device simt:2: asking for a device's properties: uncorrectable ECC error"));
  EXPECT_EQ(choose_devices("simt:1").indices, std::vector<int>{1});
  EXPECT_THAT(error_of(ExitCode::kDevice, [] { choose_devices("simt:3"); }),
              HasSubstr("--device simt:3: no such device, found 3 (simt:0 first)"));
}

TEST_F(SimtDevices, NoLaneIsMadeOnACardThatCannotBeUsed) {
  simt::set_cards({kOld, kProhibited, kBroken});
  const Backend backend = load_backend("simt");
  for (const auto& [index, reason] :
       {std::pair(0, "(SIMT stand-in): compute capability 7.0"),
        std::pair(1, "(SIMT stand-in): its compute mode"),
        std::pair(2, "simt:2: asking for the device's properties: uncorrectable")}) {
    EXPECT_THAT(error_of(ExitCode::kDevice, [&, at = index] { backend.make_lane(at, {}); }),
                HasSubstr(reason));
  }
}

TEST_F(SimtDevices, IfNoCardCanBeUsedTheErrorNamesEachReason) {
  simt::set_cards({kOld, kBroken});
  EXPECT_THAT(error_of(ExitCode::kDevice, [] { choose_devices("simt"); }),
              testing::AllOf(HasSubstr("--device simt: simt:0 (SIMT stand-in): compute capability 7.0"),
                             HasSubstr("; simt:1: ")));
}

TEST_F(SimtDevices, AnOldDriverIsNamedWithItsVersion) {
  simt::set_driver_version(12040);
  EXPECT_THAT(
      error_of(ExitCode::kDevice, [] { choose_devices("simt"); }),
      HasSubstr(
          "--device simt: the NVIDIA driver is too old: it has CUDA 12.4, this program needs 13.0; build "
          "the CUDA lane with a toolkit of CUDA 12 (12.3 or newer)"));
}

TEST_F(SimtDevices, ADriverOfTheSameMajorVersionIsNotTooOld) {
  simt::set_driver_version(13000);
  EXPECT_EQ(choose_devices("simt").indices.size(), 1u);
}

}  // namespace
}  // namespace gpu_sweep::test
