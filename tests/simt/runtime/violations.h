// The register of everything caught.
#pragma once

#include <driver_types.h>

#include <string>
#include <vector>

namespace simt {

/// Guarded by the device's mutex, as everything in the runtime.
class Violations {
 public:
  /// Something that hardware might let pass this once.
  void report(std::string text);

  /// Something after which the device is unusable: all later calls return `error`.
  void fail(cudaError_t error, std::string text);

  cudaError_t sticky() const { return sticky_; }
  const std::string& last() const { return last_; }
  std::vector<std::string> take();

 private:
  std::vector<std::string> texts_;
  std::string last_;
  cudaError_t sticky_ = cudaSuccess;
};

/// "gpu_sweep::cuda::adam_kernel(...)"
std::string function_name(const void* function);

}  // namespace simt
