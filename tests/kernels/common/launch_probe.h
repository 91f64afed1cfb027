// A kernel that shows which blocks a launch over replicas has run, and an empty kernel.
#pragma once

#include "kernels/common/cuda_host.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep::test {

struct LaunchProbe {
  int replicas = 1;
  Tensor visits;  ///< [replicas, blocks] u32: each block adds 1 to its own element
};

void execute(const LaunchProbe& op, std::int64_t blocks, const Memory& memory, cuda::Queue& queue);

/// Launches a grid of `grid_x` x `grid_y` blocks that do nothing.
void launch_empty(std::int64_t grid_x, int grid_y, cuda::Queue& queue);

}  // namespace gpu_sweep::test
