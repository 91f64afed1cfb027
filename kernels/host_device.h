// One macro: functions of scalar math that compile for the host and for the device.
#pragma once

#ifdef __CUDACC__
#define GPU_SWEEP_HOST_DEVICE __host__ __device__ inline
#else
#define GPU_SWEEP_HOST_DEVICE inline
#endif
