// A macro for functions of scalar math that compile for both host and device. On the host they must be
// inlined, since a loop around a call is not vectorized.
#pragma once

#ifdef __CUDACC__
#define GPU_SWEEP_HOST_DEVICE __host__ __device__ inline
#else
#define GPU_SWEEP_HOST_DEVICE __attribute__((always_inline)) inline
#endif
