// Stubs for executables without cuBLAS and CUB. They throw.
#include <stdexcept>

#include "tests/kernels/cuda_device.h"

namespace gpu_sweep::test {
namespace {
constexpr const char* kAbsent = "this executable has no cuBLAS and no CUB";
}

void execute_library_op(const Gemm&, const Memory&, cuda::Queue&) { throw std::logic_error(kAbsent); }
void execute_library_op(const Shuffle&, const Memory&, cuda::Queue&) { throw std::logic_error(kAbsent); }
std::uint64_t library_shuffle_scratch_bytes(int, int) { throw std::logic_error(kAbsent); }

}  // namespace gpu_sweep::test
