#include "kernels/common/launch.cuh"
#include "kernels/common/tensor_access.h"
#include "tests/kernels/common/launch_probe.h"

namespace gpu_sweep::test {
namespace {

__global__ void visit(LaunchProbe op, Memory memory, int first) {
  write<std::uint32_t>(memory, op.visits, cuda::replica_of_block(first))[blockIdx.x] += 1;
}

__global__ void nothing() {}

}  // namespace

void execute(const LaunchProbe& op, std::int64_t blocks, const Memory& memory, cuda::Queue& queue) {
  cuda::launch_replicas("visit", queue, blocks, dim3(1), visit, op, memory);
}

void launch_empty(std::int64_t grid_x, int grid_y, cuda::Queue& queue) {
  cuda::launch("nothing", queue, grid_x, grid_y, dim3(1), nothing);
}

}  // namespace gpu_sweep::test
