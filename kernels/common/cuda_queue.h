// What a CUDA launcher needs besides its record. Declared here without any CUDA header, so that the contracts
// of the operations can be read, and the CPU library built, where there is no toolkit; defined in
// cuda_host.h.
#pragma once

namespace gpu_sweep::cuda {

struct Queue;

}  // namespace gpu_sweep::cuda
