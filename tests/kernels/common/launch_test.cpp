// Grids whose size is at the limits of a device, or beyond them.
#include <gmock/gmock.h>

#include "tests/kernels/backend.h"
#include "tests/kernels/common/launch_probe.h"
#include "tests/kernels/cuda_device.h"

namespace gpu_sweep::test {
namespace {

class LaunchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = backend::missing(); !why.empty()) {
      GTEST_SKIP() << "NOT TESTED on " << backend::name() << ": " << why;
    }
    begin_schedule(0);
    cuda::check_cuda(cudaStreamCreateWithFlags(&queue_.stream, cudaStreamNonBlocking), "cudaStreamCreate");
  }
  void TearDown() override {
    if (queue_.stream != nullptr) cudaStreamDestroy(queue_.stream);
    EXPECT_THAT(take_violations(), testing::IsEmpty());
  }

  std::string complaint(std::int64_t grid_x, int grid_y, cuda::Queue queue) {
    try {
      launch_empty(grid_x, grid_y, queue);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "no complaint";
  }

  cuda::Queue queue_;
};

/// A grid has at most 65,535 blocks in y, so a second launch is needed for the last two replicas.
TEST_F(LaunchTest, MoreReplicasThanAGridIsHighAreAllVisitedOnce) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "NOT TESTED: 131,074 blocks take minutes under ThreadSanitizer";
#endif
  constexpr int kReplicas = 65'537;
  constexpr int kBlocks = 2;
  std::vector<std::uint32_t> visits(kReplicas * kBlocks, 0);
  const std::size_t bytes = visits.size() * sizeof(visits[0]);
  void* memory = nullptr;
  cuda::check_cuda(cudaMalloc(&memory, bytes), "cudaMalloc");
  // The copies use the kernel's stream. cudaMemcpy may return before the last bytes have arrived, and other
  // streams would not wait for it.
  cuda::check_cuda(cudaMemcpyAsync(memory, visits.data(), bytes, cudaMemcpyHostToDevice, queue_.stream),
                   "cudaMemcpyAsync");
  const LaunchProbe probe = {kReplicas, {Space::kGroup, 0, kBlocks * sizeof(visits[0])}};
  execute(probe, kBlocks, {nullptr, static_cast<std::byte*>(memory)}, queue_);
  cuda::check_cuda(cudaMemcpyAsync(visits.data(), memory, bytes, cudaMemcpyDeviceToHost, queue_.stream),
                   "cudaMemcpyAsync");
  cuda::check_cuda(cudaStreamSynchronize(queue_.stream), "cudaStreamSynchronize");
  EXPECT_THAT(visits, testing::Each(1u));
  cudaFree(memory);
}

TEST_F(LaunchTest, GridsThatNoDeviceHasAreRefusedByName) {
  EXPECT_EQ(complaint(1, 65'535, queue_), "no complaint");
  EXPECT_EQ(complaint(1, 65'536, queue_), "nothing: no grid of 1 x 65536 blocks");
  EXPECT_EQ(complaint(0, 1, queue_), "nothing: no grid of 0 x 1 blocks");
  EXPECT_EQ(complaint(2'147'483'648, 1, queue_), "nothing: no grid of 2147483648 x 1 blocks");
  EXPECT_EQ(complaint(1, 1, cuda::Queue{}), "nothing: the queue has no stream");
  cuda::check_cuda(cudaStreamSynchronize(queue_.stream), "cudaStreamSynchronize");
}

}  // namespace
}  // namespace gpu_sweep::test
