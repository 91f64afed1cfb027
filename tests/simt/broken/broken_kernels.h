// Functions that launch kernels. Most of the kernels make a mistake, some of them only if a parameter asks
// for it.
#pragma once

#include <cuda_runtime_api.h>

namespace simt::broken {

/// out[block] = twice the sum of the block's 64 numbers, computed by two reductions that use the same scratch
/// memory. If the barrier between them is left out, a warp that runs ahead overwrites values that another
/// warp has not read yet.
cudaError_t reduce_twice(const float* in, float* out, int blocks, bool barrier_between, cudaStream_t stream);

/// out[i] = 2 in[i] for i < count, with 64 threads per block and a barrier. With `early_return`, threads
/// beyond `count` return before the barrier.
cudaError_t twice(const float* in, float* out, int count, bool early_return, cudaStream_t stream);

/// The first 16 threads wait at another barrier than all other threads.
cudaError_t divergent_barrier(float* out, cudaStream_t stream);

/// Only the first 16 threads shuffle, with a mask that names all 32 of the warp.
cudaError_t divergent_shuffle(float* out, cudaStream_t stream);

/// out[i] = i for i <= count, which is one element too many.
cudaError_t write_past_end(float* out, int count, cudaStream_t stream);

/// out[i] = word i of shared memory, for 64 threads. Only threads with an index below `written` write their
/// words first.
cudaError_t read_shared(float* out, int written, cudaStream_t stream);

/// out[i] = word i of dynamic shared memory, after the first `used` words were written. The launch provides
/// 64 words.
cudaError_t write_dynamic_shared(float* out, int used, cudaStream_t stream);

/// *sum += 1 in each of the 64 threads of `blocks` blocks, by an atomic addition if `atomic` is set.
cudaError_t count_threads(unsigned* sum, int blocks, bool atomic, cudaStream_t stream);

/// *out = (1, 2, 3, 4) as one 16-byte access.
cudaError_t write_float4(float* out, cudaStream_t stream);

/// out[i] = in[i] + 1 for i < 64. This kernel is correct.
cudaError_t add_one(const float* in, float* out, cudaStream_t stream);

/// Launches a kernel that does nothing: `grid` blocks of `threads` threads with `dynamic_bytes` of dynamic
/// shared memory. The launch must fail if an argument exceeds the limits of the hardware.
cudaError_t empty(dim3 grid, dim3 threads, std::size_t dynamic_bytes, cudaStream_t stream);

/// Raises the limit on the dynamic shared memory of the kernel that `empty` launches.
cudaError_t allow_dynamic_shared(std::size_t bytes);

}  // namespace simt::broken
