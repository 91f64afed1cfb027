// What the host code of the CUDA backend shares: the queue, and the one way in which a failing call of the
// CUDA runtime becomes an exception.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

#include "kernels/common/cuda_queue.h"

struct cublasContext;

namespace gpu_sweep::cuda {

/// One in-order queue of device work. Owns nothing: a lane makes and destroys what it points to.
struct Queue {
  cudaStream_t stream = nullptr;    ///< a stream of its own: the default stream is refused
  cublasContext* cublas = nullptr;  ///< bound to `stream`, with its workspace set; only products need it
};

/// What the runtime said, with the operation or call that met it.
class CudaError : public std::runtime_error {
 public:
  CudaError(cudaError_t status, const std::string& what)
      : std::runtime_error(what + ": " + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) + ")"),
        status_(status) {}
  cudaError_t status() const { return status_; }

 private:
  cudaError_t status_;
};

/// Throws CudaError naming `what` unless `status` is success.
inline void check_cuda(cudaError_t status, const char* what) {
  if (status != cudaSuccess) throw CudaError(status, what);
}

}  // namespace gpu_sweep::cuda
