// The device's instructions that round to bfloat16, compared with integer arithmetic on the host.
#include <gmock/gmock.h>

#include <cmath>
#include <memory>

#include "kernels/common/bf16.h"
#include "tests/kernels/backend.h"
#include "tests/kernels/common/bf16_inputs.h"
#include "tests/kernels/common/bf16_probe.h"
#include "tests/kernels/cuda_device.h"

namespace gpu_sweep::test {
namespace {

using cuda::check_cuda;

struct FreeDevice {
  void operator()(void* memory) const { cudaFree(memory); }
};

template <class T>
std::unique_ptr<T, FreeDevice> allocate(std::size_t count) {
  void* memory = nullptr;
  check_cuda(cudaMalloc(&memory, count * sizeof(T)), "cudaMalloc");
  return std::unique_ptr<T, FreeDevice>(static_cast<T*>(memory));
}

template <class T>
void copy(T* to, const T* from, std::size_t count, cudaMemcpyKind kind, cudaStream_t stream) {
  check_cuda(cudaMemcpyAsync(to, from, count * sizeof(T), kind, stream), "cudaMemcpyAsync");
}

/// Expects the bits to which the host rounds `value`. If `value` is NaN, expects any NaN.
void expect_bf16(std::uint16_t found, float value, const char* by) {
  if (std::isnan(value)) {
    EXPECT_TRUE(std::isnan(to_float(Bf16{found}))) << by;
  } else {
    EXPECT_EQ(found, to_bf16(value).bits) << by << " of " << std::hexfloat << value;
  }
}

TEST(Bf16DeviceTest, RoundsEveryClassOfFloatsAsTheHostDoes) {
  if (const std::string why = backend::missing(); !why.empty()) {
    GTEST_SKIP() << "NOT TESTED on " << backend::name() << ": " << why;
  }
  begin_schedule(0);
  const std::vector<float> values = bf16_inputs();
  std::vector<std::uint16_t> singles(values.size());
  std::vector<std::uint32_t> pairs(values.size() / 2);
  const auto device_values = allocate<float>(values.size());
  const auto device_singles = allocate<std::uint16_t>(singles.size());
  const auto device_pairs = allocate<std::uint32_t>(pairs.size());
  cuda::Queue queue;
  check_cuda(cudaStreamCreateWithFlags(&queue.stream, cudaStreamNonBlocking), "cudaStreamCreate");
  copy(device_values.get(), values.data(), values.size(), cudaMemcpyHostToDevice, queue.stream);
  round_to_bf16(device_values.get(), static_cast<int>(values.size()), device_singles.get(),
                device_pairs.get(), queue);
  copy(singles.data(), device_singles.get(), singles.size(), cudaMemcpyDeviceToHost, queue.stream);
  copy(pairs.data(), device_pairs.get(), pairs.size(), cudaMemcpyDeviceToHost, queue.stream);
  check_cuda(cudaStreamSynchronize(queue.stream), "cudaStreamSynchronize");
  for (std::size_t i = 0; i < values.size(); ++i) {
    expect_bf16(singles[i], values[i], "to_bf16");
    expect_bf16(static_cast<std::uint16_t>(pairs[i / 2] >> (i % 2 * 16)), values[i], "to_bf16_pair");
  }
  cudaStreamDestroy(queue.stream);
  EXPECT_THAT(take_violations(), testing::IsEmpty());
}

}  // namespace
}  // namespace gpu_sweep::test
