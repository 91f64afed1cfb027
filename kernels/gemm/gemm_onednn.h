// The matrix products on the CPU: one oneDNN matmul primitive per operation, created once and executed many
// times.
#pragma once

#include <memory>
#include <string>

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cpu {

/// Returns whether oneDNN uses instructions for products of bf16 matrices on this machine (AVX512_BF16 or
/// AMX, unless ONEDNN_MAX_CPU_ISA excludes them). With plain AVX-512, oneDNN emulates such products. The
/// emulation is slower than fp32, so this function then returns false.
bool supports_bf16();

/// Returns what the bits of a matrix product depend on besides its operands: the version of oneDNN and the
/// instruction set that it uses on this machine ("oneDNN 2.6.3 AVX512_CORE_VNNI"). The environment variable
/// ONEDNN_MAX_CPU_ISA can select a lower instruction set.
std::string product_numerics();

/// Owns the primitive of one Gemm record. Only one thread at a time may use it.
class GemmPrimitive {
 public:
  /// Throws dnnl::error if oneDNN does not support the product on this machine (bf16 without AVX-512).
  explicit GemmPrimitive(const Gemm& op);
  GemmPrimitive(GemmPrimitive&&) noexcept;
  GemmPrimitive& operator=(GemmPrimitive&&) noexcept;
  ~GemmPrimitive();

  /// Computes the product for every replica, one replica after the other.
  void execute(const Memory& memory);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gpu_sweep::cpu
