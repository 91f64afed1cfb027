// The list of violations that the stand-in has detected.
#pragma once

#include <driver_types.h>

#include <string>
#include <vector>

namespace simt {

/// Guarded by Device::mutex (device.h).
class Violations {
 public:
  /// Records a violation that real hardware might tolerate.
  void report(std::string text);

  /// Records a violation that makes the device unusable: until take(), sticky() is the `error` of the first
  /// such violation.
  void fail(cudaError_t error, std::string text);

  cudaError_t sticky() const { return sticky_; }
  const std::string& last() const { return last_; }
  std::vector<std::string> take();

 private:
  std::vector<std::string> texts_;
  std::string last_;
  cudaError_t sticky_ = cudaSuccess;
};

/// Returns the demangled name, such as "gpu_sweep::cuda::(anonymous namespace)::begin_pass(...)", or
/// "(unknown kernel)".
std::string function_name(const void* function);

}  // namespace simt
