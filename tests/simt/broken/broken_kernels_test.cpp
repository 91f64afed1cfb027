// Broken kernels that the stand-in must catch, some of them together with a correct launch that it must not
// report.
#include "tests/simt/broken/broken_kernels.h"

#include <cmath>

#include "tests/simt/broken/device_test.h"

namespace simt::test {
namespace {

using BrokenKernel = DeviceTest;

/// Returns the number of schedules under which the two reductions give a wrong sum.
template <class Launch>
int wrong_sums(const Launch& launch) {
  int wrong = 0;
  for (int seed = 0; seed < kSchedules; ++seed) {
    simt::set_seed(static_cast<std::uint64_t>(seed));
    if (launch() != 2 * 64) ++wrong;
  }
  return wrong;
}

TEST_F(BrokenKernel, ScratchReusedWithoutBarrierGivesWrongSums) {
  const float* ones = upload(std::vector<float>(64, 1.0f));
  float* sum = allocate<float>(1);
  const auto run = [&](bool barrier_between) {
    EXPECT_EQ(broken::reduce_twice(ones, sum, 1, barrier_between, stream), cudaSuccess);
    return download(sum, 1)[0];
  };
  EXPECT_GE(wrong_sums([&] { return run(false); }), 3) << "of " << kSchedules << " schedules";
  EXPECT_EQ(wrong_sums([&] { return run(true); }), 0);
}

TEST_F(BrokenKernel, EarlyReturnBeforeBarrierIsNamedWithCounts) {
  const float* in = upload(std::vector<float>(100, 3.0f));
  float* out = allocate<float>(100);
  EXPECT_EQ(broken::twice(in, out, 100, false, stream), cudaSuccess);
  EXPECT_EQ(download(out, 100), std::vector<float>(100, 6.0f));
  broken::twice(in, out, 100, true, stream);
  expect_caught("28 threads have returned, 36 wait at broken_kernels.cu:");
}

TEST_F(BrokenKernel, DivergentBarrierIsNamedWithBothPlaces) {
  broken::divergent_barrier(allocate<float>(64), stream);
  expect_caught("divergent barrier: 16 threads wait at broken_kernels.cu:");
}

TEST_F(BrokenKernel, ShuffleThatSomeThreadsDoNotReachIsCaught) {
  broken::divergent_shuffle(allocate<float>(64), stream);
  expect_caught("16 wait for threads of their warp at broken_kernels.cu:");
}

TEST_F(BrokenKernel, WritePastTheEndOfAnAllocationIsCaught) {
  broken::write_past_end(allocate<float>(100), 100, stream);
  expect_caught("0 bytes past the end of a device allocation of 400 bytes");
}

TEST_F(BrokenKernel, SharedMemoryReadBeforeItIsWrittenIsNaN) {
  float* out = allocate<float>(64);
  ASSERT_EQ(broken::read_shared(out, 64, stream), cudaSuccess);
  EXPECT_EQ(download(out, 64), std::vector<float>(64, 1.0f));
  ASSERT_EQ(broken::read_shared(out, 50, stream), cudaSuccess);
  const std::vector<float> read = download(out, 64);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(std::isnan(read[i]), i >= 50) << i;
}

TEST_F(BrokenKernel, DynamicSharedMemoryBeyondTheLaunchIsCaught) {
  float* out = allocate<float>(64);
  ASSERT_EQ(broken::write_dynamic_shared(out, 64, stream), cudaSuccess);
  EXPECT_EQ(download(out, 64), std::vector<float>(64, 1.0f));
  broken::write_dynamic_shared(out, 65, stream);
  expect_caught("wrote past the 256 bytes of dynamic shared memory");
}

TEST_F(BrokenKernel, DeviceMemoryStartsAsNaN) {
  for (const float value : download(allocate<float>(100), 100)) EXPECT_TRUE(std::isnan(value));
}

TEST_F(BrokenKernel, LaunchesBeyondTheHardwareAreRefused) {
  EXPECT_EQ(broken::empty({1, 65535, 1}, 1, 0, stream), cudaSuccess);
  EXPECT_EQ(broken::empty({1, 65536, 1}, 1, 0, stream), cudaErrorInvalidConfiguration);
  EXPECT_EQ(broken::empty({1, 1, 65536}, 1, 0, stream), cudaErrorInvalidConfiguration);
  EXPECT_EQ(broken::empty({0, 1, 1}, 1, 0, stream), cudaErrorInvalidConfiguration);
  EXPECT_EQ(broken::empty(1, 1025, 0, stream), cudaErrorInvalidConfiguration);
  EXPECT_EQ(broken::empty(1, {1, 1, 65}, 0, stream), cudaErrorInvalidConfiguration);
  EXPECT_EQ(broken::empty(1, 1, 48 * 1024 + 1, stream), cudaErrorInvalidValue);
  EXPECT_EQ(broken::allow_dynamic_shared(64 * 1024 + 1), cudaErrorInvalidValue);
  EXPECT_EQ(broken::allow_dynamic_shared(64 * 1024), cudaSuccess);
  EXPECT_EQ(broken::empty(1, 1, 64 * 1024, stream), cudaSuccess);
}

TEST_F(BrokenKernel, ErrorSticksAndSaysWhy) {
  float* out = allocate<float>(64);
  broken::divergent_barrier(out, stream);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_THAT(cudaGetErrorString(cudaErrorLaunchFailure), testing::HasSubstr("divergent barrier"));
  expect_caught("divergent barrier");
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
}

using BrokenKernelDeathTest = DeviceTest;

TEST_F(BrokenKernelDeathTest, MisalignedVectorAccessEndsTheProcess) {
  float* out = allocate<float>(8);
  const auto run = [&] {
    broken::write_float4(out + 1, stream);
    cudaStreamSynchronize(stream);
  };
  EXPECT_DEATH(run(), "misaligned");
}

}  // namespace
}  // namespace simt::test
