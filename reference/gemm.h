// Oracle of the dense layer's products on row-major matrices.
#pragma once

#include <vector>

#include "kernels/gemm.h"
#include "reference/bounded.h"

namespace gpu_sweep::reference {

/// One replica's c, [B, O], [I, O] or [B, I] by `product`. The error bound is length * unit of the sum of
/// magnitudes, for any order of summation.
inline std::vector<Bounded> gemm(Product product, const double* a, const double* b, int batch, int inputs,
                                 int outputs, double alpha) {
  struct Shape {
    int rows, columns, length;
  };
  const Shape shape = product == Product::kForward          ? Shape{batch, outputs, inputs}
                      : product == Product::kWeightGradient ? Shape{inputs, outputs, batch}
                                                            : Shape{batch, inputs, outputs};
  std::vector<Bounded> c;
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column) {
      std::vector<Bounded> terms;
      for (int k = 0; k < shape.length; ++k) {
        const double left =
            product == Product::kWeightGradient ? a[k * inputs + row] : a[row * shape.length + k];
        const double right =
            product == Product::kInputGradient ? b[column * outputs + k] : b[k * outputs + column];
        terms.push_back(Bounded(left) * Bounded(right));
      }
      c.push_back(Bounded(alpha) * sum(terms));
    }
  }
  return c;
}

}  // namespace gpu_sweep::reference
