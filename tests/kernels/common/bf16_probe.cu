#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "tests/kernels/common/bf16_probe.h"

namespace gpu_sweep::test {
namespace {

__global__ void round_all(const float* values, int count, std::uint16_t* singles, std::uint32_t* pairs) {
  const int i = static_cast<int>(2 * (blockIdx.x * blockDim.x + threadIdx.x));
  if (i >= count) return;
  singles[i] = to_bf16(values[i]).bits;
  singles[i + 1] = to_bf16(values[i + 1]).bits;
  pairs[i / 2] = to_bf16_pair(values[i], values[i + 1]);
}

}  // namespace

void round_to_bf16(const float* values, int count, std::uint16_t* singles, std::uint32_t* pairs,
                   cuda::Queue& queue) {
  cuda::launch("round_all", queue, cuda::ceil_divide(count, 2 * cuda::kBlockThreads), 1,
               dim3(cuda::kBlockThreads), round_all, values, count, singles, pairs);
}

}  // namespace gpu_sweep::test
