// Oracle of the matrix products of a dense layer. Matrices are row-major.
#pragma once

#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "kernels/gemm/gemm.h"
#include "reference/bounded.h"

namespace gpu_sweep::reference {

/// The sizes of one replica's c: [rows, columns]. Each element is a sum of `length` products.
struct ProductShape {
  int rows, columns, length;
};

inline ProductShape product_shape(Product product, int batch, int inputs, int outputs) {
  if (product == Product::kForward) return {batch, outputs, inputs};
  if (product == Product::kWeightGradient) return {inputs, outputs, batch};
  return {batch, inputs, outputs};
}

/// The sum of the products of an element, and the sum of their magnitudes.
struct DotProduct {
  double value = 0;
  double magnitude = 0;
};

/// Returns rows of c, the product of one replica, with alpha = 1. The rows are those listed in `rows`, one
/// after the other. The result is exact if all elements of a and b are integers and all sums of magnitudes
/// are below 2^53.
inline std::vector<DotProduct> dot_products(Product product, const double* a, const double* b, int batch,
                                            int inputs, int outputs, std::span<const int> rows) {
  const ProductShape shape = product_shape(product, batch, inputs, outputs);
  std::vector<double> transposed;  // so that the innermost loop reads its operands contiguously
  if (product == Product::kInputGradient) {
    transposed.resize(static_cast<std::size_t>(inputs) * outputs);
    for (int i = 0; i < inputs; ++i) {
      for (int o = 0; o < outputs; ++o)
        transposed[static_cast<std::size_t>(o) * inputs + i] = b[i * outputs + o];
    }
    b = transposed.data();
  }
  const auto columns = static_cast<std::size_t>(shape.columns);
  std::vector<DotProduct> c;
  c.reserve(rows.size() * columns);
  std::vector<double> value(columns), magnitude(columns);
  for (const int row : rows) {
    value.assign(columns, 0.0);
    magnitude.assign(columns, 0.0);
    for (int k = 0; k < shape.length; ++k) {
      const double left =
          product == Product::kWeightGradient ? a[k * inputs + row] : a[row * shape.length + k];
      const double* right = b + static_cast<std::size_t>(k) * columns;
      for (std::size_t i = 0; i < columns; ++i) {
        const double term = left * right[i];
        value[i] += term;
        magnitude[i] += std::fabs(term);
      }
    }
    for (std::size_t i = 0; i < columns; ++i) c.push_back({value[i], magnitude[i]});
  }
  return c;
}

/// Returns alpha times `sum`, which is a sum of `length` products, with a bound on the error that fp32
/// arithmetic may make in any order of summation. The bound is about length * kFloatUnit times the sum of the
/// magnitudes. If inputs are rounded first, each with a relative error of at most `input_unit`, the errors of
/// the inputs are added.
inline Bounded bounded(const DotProduct& sum, int length, double alpha, double input_unit = 0) {
  const double rounding = kFloatUnit * sum.magnitude + length * kFloatTiny;
  const double error = rounding + length * kFloatUnit * (sum.magnitude + rounding);
  Bounded result = Bounded(alpha) * Bounded(sum.value, error);
  result.error += (2 * input_unit + input_unit * input_unit) * std::fabs(alpha) * sum.magnitude;
  return result;
}

/// Returns one replica's c: [B, O], [I, O] or [B, I], depending on `product`.
inline std::vector<Bounded> gemm(Product product, const double* a, const double* b, int batch, int inputs,
                                 int outputs, double alpha) {
  const ProductShape shape = product_shape(product, batch, inputs, outputs);
  std::vector<int> rows(static_cast<std::size_t>(shape.rows));
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<Bounded> c;
  for (const DotProduct& sum : dot_products(product, a, b, batch, inputs, outputs, rows)) {
    c.push_back(bounded(sum, shape.length, alpha));
  }
  return c;
}

}  // namespace gpu_sweep::reference
