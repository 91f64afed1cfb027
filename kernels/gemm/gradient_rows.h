// Weight gradients on the CPU, some rows at a time.
#pragma once

#include <functional>
#include <memory>

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cpu {

/// Computes the weight gradient of a dense layer in blocks of rows. The caller receives a block while it
/// is still in an inner cache, and the whole gradient need not be written to memory. Only one thread at a
/// time may use an object.
class GradientRows {
 public:
  /// Receives rows `first` to `first + rows - 1` of the gradient, packed: [rows, O].
  using Use = std::function<void(int first, int rows, const float* gradient)>;

  /// Returns an object that computes `op`. Returns nullptr unless `op` is a weight gradient with fp32
  /// output, for whose shape and type this machine has code that gives the same bits as GemmPrimitive
  /// (has_bits_of_onednn). Throws what the constructor of GemmPrimitive throws.
  static std::unique_ptr<GradientRows> make(const Gemm& op);

  virtual ~GradientRows() = default;

  /// Calls `use` for all rows of one replica, block by block in order. Does not write the tensor `c` of the
  /// product.
  virtual void run(const Memory& memory, int replica, const Use& use) = 0;
};

}  // namespace gpu_sweep::cpu
