#include "gpu_sweep/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/error_of.h"

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
    EXPECT_THAT(test::error_of(ExitCode::kUsage, [&] { choose_devices(word); }),
                testing::HasSubstr("--device: found '" + std::string(word) + "', expected"));
  }
}

TEST(Device, AMissingLibraryGivesNoDevicesAndSaysWhy) {
  const Backend backend = load_backend("nonesuch");
  EXPECT_TRUE(backend.devices.empty());
  EXPECT_THAT(backend.why, testing::HasSubstr("libgpu_sweep_nonesuch.so"));
}

TEST(Device, HasFp32AndTheOtherPrecisionsItReports) {
  DeviceInfo device;
  EXPECT_EQ(precisions_of(device), (std::vector<Precision>{Precision::kFp32}));
  device.supports_bf16 = true;
  EXPECT_EQ(precisions_of(device), (std::vector<Precision>{Precision::kFp32, Precision::kBf16}));
  device.supports_tf32 = true;
  EXPECT_EQ(precisions_of(device),
            (std::vector<Precision>{Precision::kFp32, Precision::kTf32, Precision::kBf16}));
}

TEST(Device, OnlyDevicesOfEqualNumericsWorkTogether) {
  Backend backend;
  for (const char* numerics : {"cuBLAS 13.0.0, 9.0", "cuBLAS 13.0.0, 8.9", "cuBLAS 13.0.0, 9.0"}) {
    DeviceInfo& device = backend.devices.emplace_back();
    device.id = "cuda:" + std::to_string(backend.devices.size() - 1);
    device.numerics = numerics;
  }
  const DeviceChoice choice = all_alike(backend);
  EXPECT_EQ(choice.indices, (std::vector<int>{0, 2}));
  EXPECT_THAT(choice.notice, testing::HasSubstr("cuda:1 (cuBLAS 13.0.0, 8.9)"));
  backend.devices.resize(1);
  EXPECT_EQ(all_alike(backend).notice, "");
}

TEST(Device, UnusableOnesAreLeftOutAndNamed) {
  Backend backend;
  for (const char* why_not : {"too old", "", "broken", ""}) {
    DeviceInfo& device = backend.devices.emplace_back();
    device.id = "cuda:" + std::to_string(backend.devices.size() - 1);
    device.numerics = backend.devices.size() == 1 ? "cuBLAS 13.0.0, 7.0" : "cuBLAS 13.0.0, 9.0";
    device.why_not = why_not;
  }
  backend.devices[2].name = "H100";
  const DeviceChoice choice = all_alike(backend);
  EXPECT_EQ(choice.indices, (std::vector<int>{1, 3}));
  EXPECT_EQ(choice.notice, "cannot be used: cuda:0: too old; cuda:2 (H100): broken");
  EXPECT_EQ(why_none(backend), "");
  backend.devices = {backend.devices[0], backend.devices[2]};
  EXPECT_EQ(why_none(backend), "cuda:0: too old; cuda:2 (H100): broken");
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
