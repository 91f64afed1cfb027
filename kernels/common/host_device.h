// A macro for functions of scalar math that compile for both host and device. Without nvcc it forces
// inlining, because the compiler does not vectorize a loop that contains a call.
#pragma once

#ifdef __CUDACC__
#define GPU_SWEEP_HOST_DEVICE __host__ __device__ inline
#else
#define GPU_SWEEP_HOST_DEVICE __attribute__((always_inline)) inline
#endif
