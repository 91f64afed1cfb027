// Shared by the CUDA backend's host code: the queue, and the conversion of a failed call of the CUDA runtime
// to an exception.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

#include "kernels/common/cuda_queue.h"

struct cublasContext;

namespace gpu_sweep::cuda {

/// An in-order queue of device work. It owns nothing: a lane creates and destroys the objects that it points
/// to.
struct Queue {
  cudaStream_t stream = nullptr;    ///< must be set: launch() refuses null, the default stream
  cublasContext* cublas = nullptr;  ///< bound to `stream`, with its workspace set; needed only by products
};

/// An error of the CUDA runtime. The message names the operation or call in which it occurred.
class CudaError : public std::runtime_error {
 public:
  CudaError(cudaError_t status, const std::string& what)
      : std::runtime_error(what + ": " + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) + ")"),
        status_(status) {}
  cudaError_t status() const { return status_; }

 private:
  cudaError_t status_;
};

/// Throws CudaError with `what` in its message, unless `status` is success.
inline void check_cuda(cudaError_t status, const char* what) {
  if (status != cudaSuccess) throw CudaError(status, what);
}

}  // namespace gpu_sweep::cuda
