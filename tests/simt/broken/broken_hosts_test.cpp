// Broken host code that the stand-in must catch, such as missing synchronization, calls during a capture, and
// direct access to device memory.
#include <cmath>
#include <cub/device/device_radix_sort.cuh>
#include <thread>

#include "tests/simt/broken/broken_kernels.h"
#include "tests/simt/broken/device_test.h"

namespace simt::test {
namespace {

using BrokenHost = DeviceTest;

TEST_F(BrokenHost, MissingEventWaitShows) {
  const float* in = upload(std::vector<float>(64, 1.0f));
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), cudaSuccess);
  const auto wrong = [&](bool waits) {
    int count = 0;
    for (int seed = 0; seed < kSchedules; ++seed) {
      simt::set_seed(static_cast<std::uint64_t>(seed));
      float* middle = allocate<float>(64);
      float* out = allocate<float>(64);
      broken::add_one(in, middle, other);
      cudaEventRecord(event, other);
      if (waits) cudaStreamWaitEvent(stream, event);
      broken::add_one(middle, out, stream);
      if (download(out, 64) != std::vector<float>(64, 3.0f)) ++count;
      cudaStreamSynchronize(other);
    }
    return count;
  };
  EXPECT_GE(wrong(false), 3);
  EXPECT_EQ(wrong(true), 0);
  EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
}

TEST_F(BrokenHost, ReadBeforeSynchronizationIsNotTheResult) {
  const float* in = upload(std::vector<float>(64, 1.0f));
  float* host = nullptr;
  ASSERT_EQ(cudaMallocHost(reinterpret_cast<void**>(&host), 64 * sizeof(float)), cudaSuccess);
  int early = 0;
  for (int seed = 0; seed < kSchedules; ++seed) {
    simt::set_seed(static_cast<std::uint64_t>(seed));
    for (int i = 0; i < 64; ++i) host[i] = 1;  // the right result, as if left over from earlier
    ASSERT_EQ(cudaMemcpyAsync(host, in, 64 * sizeof(float), cudaMemcpyDeviceToHost, stream), cudaSuccess);
    if (std::isnan(host[0])) ++early;
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    EXPECT_EQ(host[0], 1);
  }
  EXPECT_GE(early, kSchedules / 2);
  EXPECT_EQ(cudaFreeHost(host), cudaSuccess);
}

TEST_F(BrokenHost, PageLockedSourceOverwrittenTooEarlyShows) {
  float* device = allocate<float>(1);
  float* host = nullptr;
  ASSERT_EQ(cudaMallocHost(reinterpret_cast<void**>(&host), sizeof(float)), cudaSuccess);
  int wrong = 0;
  for (int seed = 0; seed < kSchedules; ++seed) {
    simt::set_seed(static_cast<std::uint64_t>(seed));
    *host = 1;
    ASSERT_EQ(cudaMemcpyAsync(device, host, sizeof(float), cudaMemcpyHostToDevice, stream), cudaSuccess);
    *host = 2;
    if (download(device, 1)[0] != 1) ++wrong;
  }
  EXPECT_GE(wrong, kSchedules / 2);
  EXPECT_EQ(cudaFreeHost(host), cudaSuccess);
}

/// cudaMemcpy from pageable memory may return as soon as the bytes are staged. Non-blocking streams do not
/// wait until these bytes have reached the device.
TEST_F(BrokenHost, AKernelBehindAnUnorderedCopyShows) {
  const std::vector<float> ones(64, 1.0f);
  const auto wrong = [&](bool ordered) {
    int count = 0;
    for (int seed = 0; seed < kSchedules; ++seed) {
      simt::set_seed(static_cast<std::uint64_t>(seed));
      float* in = allocate<float>(64);
      float* out = allocate<float>(64);
      EXPECT_EQ(ordered ? cudaMemcpyAsync(in, ones.data(), 256, cudaMemcpyHostToDevice, stream)
                        : cudaMemcpy(in, ones.data(), 256, cudaMemcpyHostToDevice),
                cudaSuccess);
      broken::add_one(in, out, stream);
      if (download(out, 64) != std::vector<float>(64, 2.0f)) ++count;
    }
    return count;
  };
  EXPECT_GE(wrong(false), 3);
  EXPECT_EQ(wrong(true), 0);
}

/// cudaMemset, too, may return before the fill is done. It uses the default stream, so a download through
/// that stream comes after the fill.
TEST_F(BrokenHost, AKernelBehindAnUnorderedFillShows) {
  int wrong = 0;
  for (int seed = 0; seed < kSchedules; ++seed) {
    simt::set_seed(static_cast<std::uint64_t>(seed));
    float* in = allocate<float>(64);
    float* out = allocate<float>(64);
    EXPECT_EQ(cudaMemset(in, 0, 256), cudaSuccess);
    broken::add_one(in, out, stream);
    if (download(out, 64) != std::vector<float>(64, 1.0f)) ++wrong;
    float* filled = allocate<float>(64);
    EXPECT_EQ(cudaMemset(filled, 0, 256), cudaSuccess);
    EXPECT_EQ(download(filled, 64), std::vector<float>(64, 0.0f));
  }
  EXPECT_GE(wrong, 3);
}

TEST_F(BrokenHost, CopyBeyondAnAllocationIsRefused) {
  float values[101] = {};
  float* device = allocate<float>(100);
  EXPECT_EQ(cudaMemcpy(device, values, sizeof values, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  expect_caught("byte 0 of a device allocation of 400 bytes");
}

TEST_F(BrokenHost, DefaultStreamIsRefused) {
  EXPECT_EQ(broken::empty(1, 1, 0, nullptr), cudaErrorInvalidResourceHandle);
  expect_caught("a kernel launch on the default stream");
}

TEST_F(BrokenHost, OutOfMemoryIsReported) {
  simt::set_memory_bytes(1 << 20);
  void* pointer = nullptr;
  EXPECT_EQ(cudaMalloc(&pointer, 2 << 20), cudaErrorMemoryAllocation);
  simt::set_memory_bytes(std::size_t{4} << 30);
}

using BrokenCapture = DeviceTest;

TEST_F(BrokenCapture, AllocationByAnyThreadInvalidatesIt) {
  for (const bool same_thread : {true, false}) {
    ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
    const auto allocate_now = [] {
      void* pointer = nullptr;
      EXPECT_EQ(cudaMalloc(&pointer, 16), cudaErrorStreamCaptureUnsupported);
    };
    same_thread ? allocate_now() : std::thread(allocate_now).join();
    cudaGraph_t graph = nullptr;
    EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
    EXPECT_EQ(graph, nullptr);
    expect_caught("cudaMalloc while a stream is being captured");
  }
}

TEST_F(BrokenCapture, SynchronizingTheStreamInvalidatesIt) {
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorStreamCaptureUnsupported);
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
  expect_caught("cudaStreamSynchronize while a stream is being captured");
}

TEST_F(BrokenCapture, AnotherThreadWaitingForAnotherStreamInvalidatesIt) {
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
  std::thread([this] { EXPECT_EQ(cudaStreamQuery(other), cudaSuccess); }).join();  // a query does not wait
  std::thread([this] { EXPECT_EQ(cudaStreamSynchronize(other), cudaErrorStreamCaptureUnsupported); }).join();
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
  expect_caught("cudaStreamSynchronize while a stream is being captured");
}

TEST_F(BrokenCapture, UnjoinedBranchIsRefused) {
  const float* in = upload(std::vector<float>(64, 1.0f));
  float* out = allocate<float>(64);
  ASSERT_EQ(broken::add_one(in, out, stream), cudaSuccess);
  cudaEvent_t fork = nullptr;
  cudaEvent_t join = nullptr;
  cudaEventCreateWithFlags(&fork, cudaEventDisableTiming);
  cudaEventCreateWithFlags(&join, cudaEventDisableTiming);
  for (const bool joins : {false, true}) {
    ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
    EXPECT_EQ(broken::add_one(in, out, stream), cudaSuccess);
    EXPECT_EQ(cudaEventRecord(fork, stream), cudaSuccess);
    EXPECT_EQ(cudaStreamWaitEvent(other, fork), cudaSuccess);
    EXPECT_EQ(broken::add_one(out, out, other), cudaSuccess);
    EXPECT_EQ(cudaEventRecord(join, other), cudaSuccess);
    if (joins) {
      EXPECT_EQ(cudaStreamWaitEvent(stream, join), cudaSuccess);
    }
    cudaGraph_t graph = nullptr;
    EXPECT_EQ(cudaStreamEndCapture(stream, &graph), joins ? cudaSuccess : cudaErrorStreamCaptureUnjoined);
    if (!joins) continue;
    cudaGraphExec_t executable = nullptr;
    ASSERT_EQ(cudaGraphInstantiate(&executable, graph), cudaSuccess);
    EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
    EXPECT_EQ(cudaGraphLaunch(executable, stream), cudaSuccess);
    EXPECT_EQ(download(out, 64), std::vector<float>(64, 3.0f));
    EXPECT_EQ(cudaGraphExecDestroy(executable), cudaSuccess);
  }
  cudaEventDestroy(fork);
  cudaEventDestroy(join);
}

TEST_F(BrokenCapture, AGraphThatWasNotUploadedMayFindNoMemoryAtItsLaunch) {
  const float* in = upload(std::vector<float>(64, 1.0f));
  float* out = allocate<float>(64);
  ASSERT_EQ(broken::add_one(in, out, stream), cudaSuccess);
  for (const bool uploads : {false, true}) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
    EXPECT_EQ(broken::add_one(in, out, stream), cudaSuccess);
    ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
    ASSERT_EQ(cudaGraphInstantiate(&executable, graph), cudaSuccess);
    EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
    if (uploads) {
      EXPECT_EQ(cudaGraphUpload(executable, stream), cudaSuccess);
    }
    simt::set_memory_bytes(0);  // as if other programs had taken all of the memory
    EXPECT_EQ(cudaGraphLaunch(executable, stream), uploads ? cudaSuccess : cudaErrorMemoryAllocation);
    simt::set_memory_bytes(std::size_t{4} << 30);
    EXPECT_EQ(cudaGraphExecDestroy(executable), cudaSuccess);
  }
}

TEST_F(BrokenHost, SortWithTooLittleScratchIsRefused) {
  const std::uint64_t* in = upload(std::vector<std::uint64_t>{3, 1, 2});
  std::uint64_t* out = allocate<std::uint64_t>(3);
  std::size_t bytes = 0;
  ASSERT_EQ(cub::DeviceRadixSort::SortKeys(nullptr, bytes, in, out, 3), cudaSuccess);
  auto* scratch = allocate<unsigned char>(bytes);
  ASSERT_EQ(cub::DeviceRadixSort::SortKeys(scratch, bytes, in, out, 3, 0, 64, stream), cudaSuccess);
  EXPECT_EQ(download(out, 3), (std::vector<std::uint64_t>{1, 2, 3}));
  --bytes;
  EXPECT_EQ(cub::DeviceRadixSort::SortKeys(scratch, bytes, in, out, 3, 0, 64, stream), cudaErrorInvalidValue);
  expect_caught("do not fit");
}

using BrokenHostDeathTest = DeviceTest;

TEST_F(BrokenHostDeathTest, HostReadOfDeviceMemoryEndsTheProcess) {
  const float* device = upload(std::vector<float>(100, 1.0f));
  EXPECT_DEATH(EXPECT_EQ(device[3], 1), "the host touched byte 12 of a device allocation of 400 bytes");
}

}  // namespace
}  // namespace simt::test
