// The queue that CUDA launchers take besides a record and the memory. It is declared here without any CUDA
// header, so that the headers of the operations and the CPU library compile without the toolkit. cuda_host.h
// defines it.
#pragma once

namespace gpu_sweep::cuda {

struct Queue;

}  // namespace gpu_sweep::cuda
