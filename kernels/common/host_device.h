// One macro: functions of scalar math that compile for the host and for the device. On the host they must be
// inlined: a loop around a call is not vectorised.
#pragma once

#ifdef __CUDACC__
#define GPU_SWEEP_HOST_DEVICE __host__ __device__ inline
#else
#define GPU_SWEEP_HOST_DEVICE __attribute__((always_inline)) inline
#endif
