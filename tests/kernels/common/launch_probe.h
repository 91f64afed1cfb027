// A kernel that shows where a launch over replicas has been.
#pragma once

#include "kernels/common/cuda_host.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep::test {

struct LaunchProbe {
  int replicas = 1;
  Tensor visits;  ///< [R, blocks] u32: one more at each block's place
};

void execute(const LaunchProbe& op, std::int64_t blocks, const Memory& memory, cuda::Queue& queue);

/// Starts a grid of `grid_x` x `grid_y` blocks that do nothing.
void launch_empty(std::int64_t grid_x, int grid_y, cuda::Queue& queue);

}  // namespace gpu_sweep::test
