#include <cuda_runtime.h>

#include "tests/simt/broken/broken_kernels.h"

namespace gpu_sweep::cuda {
extern __shared__ float4 dynamic_shared[];
}

namespace simt::broken {
namespace {

constexpr int kThreads = 64;

cudaLaunchConfig_t config(dim3 grid, dim3 block, cudaStream_t stream, std::size_t dynamic_bytes = 0) {
  cudaLaunchConfig_t made{};
  made.gridDim = grid;
  made.blockDim = block;
  made.dynamicSmemBytes = dynamic_bytes;
  made.stream = stream;
  return made;
}

/// Returns the sum of the block's values. Each warp sums its 32 values by shuffles and stores the sum in
/// scratch, and every thread adds the two sums.
__device__ float block_sum(float value, float* scratch) {
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
  if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = value;
  __syncthreads();
  return scratch[0] + scratch[1];
}

__global__ void reduce_twice_kernel(const float* in, float* out, bool barrier_between) {
  __shared__ float scratch[kThreads / 32];
  const float value = in[blockIdx.x * kThreads + threadIdx.x];
  const float first = block_sum(value, scratch);
  if (barrier_between) __syncthreads();
  const float second = block_sum(value + 1, scratch);
  if (threadIdx.x == 63) out[blockIdx.x] = first + second - kThreads;
}

__global__ void twice_kernel(const float* in, float* out, int count, bool early_return) {
  __shared__ float staged[kThreads];
  const int i = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (early_return && i >= count) return;
  staged[threadIdx.x] = i < count ? in[i] : 0;
  __syncthreads();
  if (i < count) out[i] = 2 * staged[threadIdx.x];
}

__global__ void divergent_barrier_kernel(float* out) {
  if (threadIdx.x < 16) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}

__global__ void divergent_shuffle_kernel(float* out) {
  float value = 1;
  if (threadIdx.x < 16) value = __shfl_xor_sync(0xffffffffu, value, 1);
  __syncthreads();
  out[threadIdx.x] = value;
}

__global__ void write_past_end_kernel(float* out, int count) {
  const int i = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (i <= count) out[i] = static_cast<float>(i);
}

__global__ void read_shared_kernel(float* out, int written) {
  __shared__ float words[kThreads];
  if (static_cast<int>(threadIdx.x) < written) words[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = words[threadIdx.x];
}

__global__ void write_dynamic_shared_kernel(float* out, int used) {
  float* words = reinterpret_cast<float*>(gpu_sweep::cuda::dynamic_shared);
  for (int i = static_cast<int>(threadIdx.x); i < used; i += kThreads) words[i] = 1;
  __syncthreads();
  out[threadIdx.x] = words[threadIdx.x];
}

__global__ void count_threads_kernel(unsigned* sum, bool atomic) {
  if (atomic) {
    atomicAdd(sum, 1u);
  } else {
    *sum += 1;
  }
}

__global__ void write_float4_kernel(float* out) { *reinterpret_cast<float4*>(out) = make_float4(1, 2, 3, 4); }

__global__ void add_one_kernel(const float* in, float* out) { out[threadIdx.x] = in[threadIdx.x] + 1; }

__global__ void empty_kernel() {}

}  // namespace

cudaError_t reduce_twice(const float* in, float* out, int blocks, bool barrier_between, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(static_cast<unsigned>(blocks), kThreads, stream);
  return cudaLaunchKernelEx(&launch, reduce_twice_kernel, in, out, barrier_between);
}

cudaError_t twice(const float* in, float* out, int count, bool early_return, cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>((count + kThreads - 1) / kThreads);
  const cudaLaunchConfig_t launch = config(blocks, kThreads, stream);
  return cudaLaunchKernelEx(&launch, twice_kernel, in, out, count, early_return);
}

cudaError_t divergent_barrier(float* out, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(1, kThreads, stream);
  return cudaLaunchKernelEx(&launch, divergent_barrier_kernel, out);
}

cudaError_t divergent_shuffle(float* out, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(1, kThreads, stream);
  return cudaLaunchKernelEx(&launch, divergent_shuffle_kernel, out);
}

cudaError_t write_past_end(float* out, int count, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(static_cast<unsigned>(count / kThreads + 1), kThreads, stream);
  return cudaLaunchKernelEx(&launch, write_past_end_kernel, out, count);
}

cudaError_t read_shared(float* out, int written, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(1, kThreads, stream);
  return cudaLaunchKernelEx(&launch, read_shared_kernel, out, written);
}

cudaError_t write_dynamic_shared(float* out, int used, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(1, kThreads, stream, kThreads * sizeof(float));
  return cudaLaunchKernelEx(&launch, write_dynamic_shared_kernel, out, used);
}

cudaError_t count_threads(unsigned* sum, int blocks, bool atomic, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(static_cast<unsigned>(blocks), kThreads, stream);
  return cudaLaunchKernelEx(&launch, count_threads_kernel, sum, atomic);
}

cudaError_t write_float4(float* out, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(1, 1, stream);
  return cudaLaunchKernelEx(&launch, write_float4_kernel, out);
}

cudaError_t add_one(const float* in, float* out, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(1, kThreads, stream);
  return cudaLaunchKernelEx(&launch, add_one_kernel, in, out);
}

cudaError_t empty(dim3 grid, dim3 threads, std::size_t dynamic_bytes, cudaStream_t stream) {
  const cudaLaunchConfig_t launch = config(grid, threads, stream, dynamic_bytes);
  return cudaLaunchKernelEx(&launch, empty_kernel);
}

cudaError_t allow_dynamic_shared(std::size_t bytes) {
  return cudaFuncSetAttribute(empty_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                              static_cast<int>(bytes));
}

}  // namespace simt::broken
