// Weight gradients on the CPU, some rows at a time.
#pragma once

#include <functional>
#include <memory>

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cpu {

/// Computes the weight gradient of a dense layer block by block. A block is still in the inner cache when it
/// is used, and the whole gradient need not be written to memory. Only one thread at a time may use an
/// object.
class GradientRows {
 public:
  /// Receives rows `first` to `first + rows - 1` of the gradient, packed: [rows, O].
  using Use = std::function<void(int first, int rows, const float* gradient)>;

  /// Returns the code for a product with fp32 output, or nullptr if this machine has none for its shape and
  /// type. The code gives the same bits as GemmPrimitive (has_bits_of_onednn). Has the errors of
  /// GemmPrimitive.
  static std::unique_ptr<GradientRows> make(const Gemm& op);

  virtual ~GradientRows() = default;

  /// Calls `use` for all rows of one replica, in order. Does not write to `op.c`.
  virtual void run(const Memory& memory, int replica, const Use& use) = 0;
};

}  // namespace gpu_sweep::cpu
