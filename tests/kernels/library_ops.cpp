// The operations that use cuBLAS and CUB.
#include <cublas_v2.h>

#include <stdexcept>

#include "kernels/gemm/gemm_cublas.h"
#include "tests/kernels/cuda_device.h"

namespace gpu_sweep::test {
namespace {

void check(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS) throw std::runtime_error(std::string(what) + " failed");
}

/// A cuBLAS handle for one stream. It has its own workspace, which is set after the stream, as cuBLAS
/// requires.
class Handle {
 public:
  explicit Handle(cudaStream_t stream) {
    check(cublasCreate(&handle_), "cublasCreate");
    check(cublasSetStream(handle_, stream), "cublasSetStream");
    cuda::check_cuda(cudaMalloc(&workspace_, kWorkspace), "cudaMalloc");
    check(cublasSetWorkspace(handle_, workspace_, kWorkspace), "cublasSetWorkspace");
  }
  ~Handle() {
    cublasDestroy(handle_);
    cudaFree(workspace_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  cublasHandle_t get() const { return handle_; }

 private:
  static constexpr std::size_t kWorkspace = std::size_t{4} << 20;
  cublasHandle_t handle_ = nullptr;
  void* workspace_ = nullptr;
};

}  // namespace

void execute_library_op(const Gemm& op, const Memory& memory, cuda::Queue& queue) {
  const Handle handle(queue.stream);
  queue.cublas = handle.get();
  cuda::execute(op, memory, queue);
  cuda::check_cuda(cudaStreamSynchronize(queue.stream), "cudaStreamSynchronize");
  queue.cublas = nullptr;
}

void execute_library_op(const Shuffle& op, const Memory& memory, cuda::Queue& queue) {
  cuda::execute(op, memory, queue);
}

std::uint64_t library_shuffle_scratch_bytes(int replicas, int rows) {
  return cuda::shuffle_scratch_bytes(replicas, rows);
}

}  // namespace gpu_sweep::test
