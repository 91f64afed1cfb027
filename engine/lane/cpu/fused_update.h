// The update of the weights, fused with the products that compute gradients of weights.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/program/program.h"
#include "kernels/gemm/gradient_rows.h"

namespace gpu_sweep {

/// Computes gradients of weights a block of rows at a time, and updates the weights of these rows
/// immediately, while their gradients are in an inner cache. For large models, this saves writing these
/// gradients to an outer cache and reading them again. All results have the same bits as those of the
/// separate operations, but these gradients are not written.
class FusedUpdate {
 public:
  /// A product, and the object that computes it block by block.
  struct Part {
    std::size_t place;   ///< index of the product in the program
    std::int64_t first;  ///< index of the first parameter whose gradient the product computes
    std::int64_t count;  ///< number of parameters whose gradients the product computes
    std::int64_t width;  ///< number of parameters in a row
    std::unique_ptr<cpu::GradientRows> rows;
  };

  /// `place` is the index of the update in the program. `parts` are sorted by `first`.
  FusedUpdate(const Update& op, std::size_t place, std::vector<Part> parts);

  /// Returns the index of the operation in whose place execute() must be called: the update.
  std::size_t place() const { return place_; }
  /// Returns whether execute() computes the product at this index. The program must then skip the product.
  bool computes(std::size_t product) const;

  void execute(const Memory& memory);

 private:
  void execute(const Memory& memory, int replica);

  Update op_;
  std::size_t place_;
  std::vector<Part> parts_;
};

/// Fuses the program's update with those products that allow it. Returns nullptr if none does, for example if
/// there is not exactly one update, if an operation between the products and the update reads the gradient
/// (GradientNorm), or if the machine has no code for the products (GradientRows).
std::unique_ptr<FusedUpdate> fuse_update(const Program& program);

}  // namespace gpu_sweep
