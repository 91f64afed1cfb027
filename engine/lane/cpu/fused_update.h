// The update of the weights, together with the products that give the gradients of the weights.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/program/program.h"
#include "kernels/gemm/gradient_rows.h"

namespace gpu_sweep {

/// Computes gradients of weights some rows at a time, and updates the weights of these rows at once, while
/// their gradients are in the inner cache. Large models save a pass over the gradient in the outer cache. All
/// results have the same bits as those of the separate operations; the gradients are not written.
class FusedUpdate {
 public:
  /// A product whose rows are updated at once.
  struct Part {
    std::size_t place;   ///< index of the product in the program
    std::int64_t first;  ///< index of its first parameter
    std::int64_t count;  ///< number of its parameters
    std::int64_t width;  ///< number of parameters in a row
    std::unique_ptr<cpu::GradientRows> rows;
  };

  /// `place` is the index of the update in the program. `parts` are in the order of their parameters.
  FusedUpdate(const Update& op, std::size_t place, std::vector<Part> parts);

  /// The update's index in the program. The other operations of the program keep their places.
  std::size_t place() const { return place_; }
  /// Returns whether execute() computes the product at this index, so that the program must not.
  bool computes(std::size_t product) const;

  void execute(const Memory& memory);

 private:
  void execute(const Memory& memory, int replica);

  Update op_;
  std::size_t place_;
  std::vector<Part> parts_;
};

/// Returns nullptr if no product of the program can be fused with its update: if there is no update, if
/// another operation reads the gradient (GradientNorm), or if the lane has no code for the products.
std::unique_ptr<FusedUpdate> fuse_update(const Program& program);

}  // namespace gpu_sweep
