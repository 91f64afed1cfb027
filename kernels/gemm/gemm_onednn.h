// The products on the CPU: one oneDNN matmul primitive an operation, made once and run many times.
#pragma once

#include <memory>
#include <string>

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cpu {

/// Whether this machine multiplies bf16 matrices by instructions of its own (AVX512_BF16 or AMX). oneDNN
/// emulates them with AVX-512 alone, slower than fp32, which serves nobody.
bool supports_bf16();

/// What the bits of a product depend on besides its operands: oneDNN's version and the instruction set that
/// it uses here ("oneDNN 2.6.3 AVX512_CORE_VNNI"). The environment variable ONEDNN_MAX_CPU_ISA lowers the
/// latter.
std::string product_numerics();

/// Owner of the primitive of one Gemm record. It serves one thread at a time.
class GemmPrimitive {
 public:
  /// Throws std::runtime_error where oneDNN has no such product on this machine (bf16 without AVX-512).
  explicit GemmPrimitive(const Gemm& op);
  GemmPrimitive(GemmPrimitive&&) noexcept;
  GemmPrimitive& operator=(GemmPrimitive&&) noexcept;
  ~GemmPrimitive();

  /// Runs the product for every replica, one after the other.
  void execute(const Memory& memory);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gpu_sweep::cpu
