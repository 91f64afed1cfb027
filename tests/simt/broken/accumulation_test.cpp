// Races that ThreadSanitizer must report, and correct programs that it must not report. Non-atomic
// accumulation gives the right result on the stand-in under every schedule, so nothing else detects it.
#include <cstdlib>

#include "tests/simt/broken/broken_kernels.h"
#include "tests/simt/broken/device_test.h"

namespace simt::test {
namespace {

using AccumulationDeathTest = DeviceTest;

/// Exits with 0, or with ThreadSanitizer's 66 if it has reported a race.
[[noreturn]] void accumulate(unsigned* sum, bool atomic, cudaStream_t stream) {
  broken::count_threads(sum, 3, atomic, stream);
  cudaStreamSynchronize(stream);
  std::exit(0);
}

TEST_F(AccumulationDeathTest, NonAtomicOneIsARace) {
  unsigned* sum = upload(std::vector<unsigned>{0});
  EXPECT_EXIT(accumulate(sum, false, stream), testing::ExitedWithCode(66), "data race");
}

TEST_F(AccumulationDeathTest, AtomicOneIsNot) {
  unsigned* sum = upload(std::vector<unsigned>{0});
  EXPECT_EXIT(accumulate(sum, true, stream), testing::ExitedWithCode(0), "");
}

TEST_F(AccumulationDeathTest, ScratchReusedWithoutBarrierIsARace) {
  const float* ones = upload(std::vector<float>(64, 1.0f));
  float* sum = allocate<float>(1);
  const auto reduce = [&](bool barrier_between) {
    broken::reduce_twice(ones, sum, 1, barrier_between, stream);
    cudaStreamSynchronize(stream);
    std::exit(0);
  };
  EXPECT_EXIT(reduce(false), testing::ExitedWithCode(66), "data race");
  EXPECT_EXIT(reduce(true), testing::ExitedWithCode(0), "");
}

/// Shared memory belongs to one block, so reusing its bytes for the next block is not a race.
TEST_F(AccumulationDeathTest, SharedMemoryOfAnotherBlockIsNotARace) {
  const float* ones = upload(std::vector<float>(256, 1.0f));
  float* sums = allocate<float>(4);
  const auto reduce = [&] {
    broken::reduce_twice(ones, sums, 4, true, stream);
    cudaStreamSynchronize(stream);
    std::exit(0);
  };
  EXPECT_EXIT(reduce(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace simt::test
