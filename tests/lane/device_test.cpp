#include "engine/lane/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/error.h"

namespace gpu_sweep {
namespace {

TEST(Device, TheCpuIsAlwaysThere) {
  const DeviceChoice choice = choose_devices("cpu");
  ASSERT_EQ(choice.indices.size(), 1u);
  EXPECT_EQ(choice.backend.devices[0].device_kind, "cpu");
  EXPECT_GE(choice.backend.devices[0].default_lanes, 1);
  EXPECT_THAT(choice.backend.devices[0].numerics, testing::MatchesRegex("oneDNN [0-9.]+ (SSE|AVX).*"));
  EXPECT_THAT(choice.backend.devices[0].details, testing::HasSubstr(choice.backend.devices[0].numerics));
}

TEST(Device, UnknownWordsAreUsageErrors) {
  for (const char* word : {"gpu", "", "cpu:0", "cuda:", "cuda:x", "cuda:-1", "cuda:0x"}) {
    try {
      choose_devices(word);
      ADD_FAILURE() << word << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage) << error.what();
      EXPECT_THAT(error.what(), testing::HasSubstr("--device: found '" + std::string(word) + "', expected"));
    }
  }
}

TEST(Device, AMissingLibraryGivesNoDevicesAndSaysWhy) {
  const Backend backend = load_backend("nonesuch");
  EXPECT_TRUE(backend.devices.empty());
  EXPECT_THAT(backend.why, testing::HasSubstr("libgpu_sweep_nonesuch.so"));
}

TEST(Device, AutoSaysThatItFallsBack) {
  const DeviceChoice choice = choose_devices("auto");
  if (choice.backend.devices[0].device_kind == "cpu") {
    EXPECT_THAT(choice.notice, testing::HasSubstr("using the CPU"));
  } else {
    EXPECT_EQ(choice.notice, "");
  }
}

}  // namespace
}  // namespace gpu_sweep
