// The queue that cuda::execute takes, together with an operation's record and the memory. It is only declared
// here, without any CUDA header, so that the headers of the operations and the CPU library compile without
// the CUDA toolkit. cuda_host.h defines it.
#pragma once

namespace gpu_sweep::cuda {

struct Queue;

}  // namespace gpu_sweep::cuda
