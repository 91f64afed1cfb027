// Where two kinds of CUDA device differ for the kernel tests: a card, and the stand-in for one.
#pragma once

#include <string>
#include <vector>

#include "kernels/batch/shuffle.h"
#include "kernels/common/cuda_host.h"
#include "kernels/gemm/gemm.h"

namespace gpu_sweep::test {

/// Called before the first call of each run.
void begin_schedule(int schedule);

/// What the device itself found wrong since the last call, one line each.
std::vector<std::string> take_violations();

/// Products and shuffle stand on cuBLAS and CUB. An executable that must do without those links stubs.
void execute_library_op(const Gemm& op, const Memory& memory, cuda::Queue& queue);
void execute_library_op(const Shuffle& op, const Memory& memory, cuda::Queue& queue);
std::uint64_t library_shuffle_scratch_bytes(int replicas, int rows);

}  // namespace gpu_sweep::test
