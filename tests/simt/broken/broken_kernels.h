// Kernels with one mistake each, and launchers for them. Every one looks right, and on hardware most of them
// give the right result most of the time.
#pragma once

#include <cuda_runtime_api.h>

namespace simt::broken {

/// out[block] = twice the sum of the block's 64 numbers, by two reductions over the same scratch. Without the
/// barrier between them a warp that runs ahead overwrites what another still reads.
cudaError_t reduce_twice(const float* in, float* out, int blocks, bool barrier_between, cudaStream_t stream);

/// out[i] = 2 in[i] for i < count, 64 threads a block, with a barrier. `early_return`: threads beyond `count`
/// leave before it.
cudaError_t twice(const float* in, float* out, int count, bool early_return, cudaStream_t stream);

/// Lanes below 16 wait at another barrier than the rest.
cudaError_t divergent_barrier(float* out, cudaStream_t stream);

/// Lanes below 16 shuffle with a mask that names all 32.
cudaError_t divergent_shuffle(float* out, cudaStream_t stream);

/// out[i] = i for i <= count: one too many.
cudaError_t write_past_end(float* out, int count, cudaStream_t stream);

/// out[i] = a word of shared memory that only threads below `written` have written. 64 threads.
cudaError_t read_shared(float* out, int written, cudaStream_t stream);

/// The same in dynamic shared memory of 64 floats, of which `used` are touched.
cudaError_t write_dynamic_shared(float* out, int used, cudaStream_t stream);

/// *sum += 1 by every one of 64 threads in `blocks` blocks, atomically or not.
cudaError_t count_threads(unsigned* sum, int blocks, bool atomic, cudaStream_t stream);

/// *out = (1, 2, 3, 4) as one 16-byte access.
cudaError_t write_float4(float* out, cudaStream_t stream);

/// out[i] = in[i] + 1 for i < 64: nothing is wrong with it.
cudaError_t add_one(const float* in, float* out, cudaStream_t stream);

/// One block of `threads` threads in a grid of `grid` with `dynamic_bytes` of shared memory: within the
/// limits or not.
cudaError_t empty(dim3 grid, dim3 threads, std::size_t dynamic_bytes, cudaStream_t stream);
cudaError_t allow_dynamic_shared(std::size_t bytes);

}  // namespace simt::broken
