// Output of `gpu_sweep devices` for usable and unusable cards, old drivers, and no card. The stand-in for a
// GPU (tests/simt/README.md) simulates them.
#include "apps/gpu_sweep/device_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simt/simt.h"

namespace gpu_sweep::test {
namespace {

using testing::HasSubstr;

class DeviceText : public testing::Test {
 protected:
  void TearDown() override {
    simt::set_cards({{}});
    simt::set_driver_version(simt::kRuntimeVersion);
  }
};

TEST_F(DeviceText, ListsEveryCardWithTheReasonItCannotBeUsed) {
  simt::set_cards({{7, 0}, {9, 0}, {9, 0, simt::Card::State::kBroken}});
  const Backend backend = load_backend("simt");
  const std::string text = device_text(backend);
  EXPECT_THAT(text, testing::ContainsRegex(
                        "simt:0\n    SIMT stand-in\n    cuBLAS [^\n]*\n"
                        "    cannot be used: compute capability 7.0, this build has code for 7.5"));
  EXPECT_THAT(text, testing::ContainsRegex("simt:1\n    SIMT stand-in\n    cuBLAS [^\n]*\nsimt:2\n"
                                           "    cannot be used: asking for a device's properties: "
                                           "uncorrectable ECC error encountered"));
  EXPECT_EQ(why_none(backend), "");
}

TEST_F(DeviceText, ADriverTooOldIsNamedWithWhatItHasAndWhatIsNeeded) {
  simt::set_driver_version(12040);
  const Backend backend = load_backend("simt");
  EXPECT_EQ(device_text(backend), "");
  EXPECT_EQ(
      why_none(backend),
      "the NVIDIA driver is too old: it has CUDA 12.4, this program needs 13.0; build the CUDA lane with a "
      "toolkit of CUDA 12 (12.3 or newer)");
  simt::set_driver_version(0);
  EXPECT_EQ(why_none(load_backend("simt")), "no NVIDIA driver is installed");
}

TEST_F(DeviceText, ADriverWithoutACardHasItsOwnMessage) {
  simt::set_cards({});
  EXPECT_THAT(why_none(load_backend("simt")), HasSubstr("no visible GPU"));
}

}  // namespace
}  // namespace gpu_sweep::test
