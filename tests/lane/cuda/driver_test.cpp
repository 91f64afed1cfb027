#include "engine/lane/cuda/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_directory.h"

namespace gpu_sweep::cuda {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;

constexpr const char* kNoCommand = "/nonexistent/bin/gpu_sweep";

TEST(CudaDriver, AVersionIsReadFromItsNumber) {
  EXPECT_EQ(version_text(13020), "13.2");
  EXPECT_EQ(version_text(12000), "12.0");
  EXPECT_EQ(version_text(9010), "9.1");
}

TEST(CudaDriver, TheToolkitIsNamedThatBuildsALaneForAnOldDriver) {
  EXPECT_EQ(
      why_driver_is_too_old(12000, 13020, kNoCommand),
      "the NVIDIA driver is too old: it has CUDA 12.0, this program needs 13.0; build the CUDA lane with a "
      "toolkit of CUDA 12 (12.3 or newer)");
  EXPECT_THAT(why_driver_is_too_old(13010, 14000, kNoCommand), EndsWith("with a toolkit of CUDA 13"));
}

TEST(CudaDriver, AnOlderDriverMustBeReplaced) {
  EXPECT_EQ(
      why_driver_is_too_old(11080, 13020, kNoCommand),
      "the NVIDIA driver is too old: it has CUDA 11.8, this program needs 13.0; a newer driver is needed");
}

TEST(CudaDriver, TheBundlesCommandIsNamedWhereItIs) {
  const test::TemporaryDirectory directory;
  for (const char* folder : {"bin", "libexec", "other"}) fs::create_directories(directory / folder);
  const std::string command = (directory / "bin/rebuild_cuda_lane").string();
  const auto told = [&](const char* program) {
    return why_driver_is_too_old(12040, 13000, directory / program);
  };
  EXPECT_THAT(told("libexec/gpu_sweep"),
              EndsWith("; build the CUDA lane with a toolkit of CUDA 12 (12.3 or newer)"));
  std::ofstream(command).put('\n');
  for (const char* program : {"libexec/gpu_sweep", "bin/gpu_sweep"}) {
    EXPECT_THAT(told(program),
                EndsWith("; " + command + " builds the CUDA lane with a toolkit of CUDA 12 (12.3 or newer)"));
  }
  EXPECT_THAT(told("other/gpu_sweep"),
              EndsWith("; build the CUDA lane with a toolkit of CUDA 12 (12.3 or newer)"));
}

}  // namespace
}  // namespace gpu_sweep::cuda
