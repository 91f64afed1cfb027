// Functions of the kernel tests on CUDA that an executable defines by the files that it links: for a card or
// for the stand-in (tests/simt), with cuBLAS and CUB or without.
#pragma once

#include <string>
#include <vector>

#include "kernels/batch/shuffle.h"
#include "kernels/common/cuda_host.h"
#include "kernels/gemm/gemm.h"

namespace gpu_sweep::test {

/// Must be called before the first CUDA call of each run.
void begin_schedule(int schedule);

/// Returns the violations of CUDA's rules that the stand-in has detected since the last call, one line for
/// each. A card reports none here.
std::vector<std::string> take_violations();

/// Executes products and shuffles, which need cuBLAS and CUB. An executable that must not use these libraries
/// links library_ops_absent.cpp instead of library_ops.cpp.
void execute_library_op(const Gemm& op, const Memory& memory, cuda::Queue& queue);
void execute_library_op(const Shuffle& op, const Memory& memory, cuda::Queue& queue);
std::uint64_t library_shuffle_scratch_bytes(int replicas, int rows);

}  // namespace gpu_sweep::test
