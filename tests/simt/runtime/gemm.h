// The arithmetic of the cuBLAS stand-in.
#pragma once

#include <driver_types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "tests/simt/runtime/device_memory.h"

namespace simt {

/// The way in which fp32 inputs are rounded to TF32, if they are rounded.
enum class InputRounding { kNone, kTf32Nearest, kTf32Truncated };

/// A set of column-major matrices, one per product of a batch.
struct Matrix {
  const void* data = nullptr;
  cudaDataType type = CUDA_R_32F;
  bool transposed = false;
  int rows = 0;  ///< as stored, before transposition
  int columns = 0;
  int leading = 0;
  long long stride = 0;  ///< number of elements from one product's matrix to the next

  std::size_t element_bytes() const { return type == CUDA_R_32F ? 4 : 2; }
  /// Returns the number of bytes from the first to the last element of one product's matrix.
  std::size_t span_bytes() const {
    return (static_cast<std::size_t>(columns - 1) * static_cast<std::size_t>(leading) +
            static_cast<std::size_t>(rows)) *
           element_bytes();
  }
  const std::byte* at(int product) const {
    return static_cast<const std::byte*>(data) +
           static_cast<std::ptrdiff_t>(stride) * product * static_cast<std::ptrdiff_t>(element_bytes());
  }
};

struct Gemm {
  int m = 0;
  int n = 0;
  int k = 0;
  int batch = 0;
  float alpha = 1;
  float beta = 0;
  InputRounding rounding = InputRounding::kNone;
  bool rounds_partial_sums = false;  ///< whether sums are rounded to bf16 after every few terms
  Matrix a, b, c;

  /// Returns an empty string, or a message if a matrix does not lie within one device allocation or overlaps
  /// a result.
  std::string check(const DeviceMemory& memory) const;

  /// Returns alpha op(A) op(B) of all products, packed as [batch][n][m]. The sums are in the order of k, and
  /// in fp32 unless `rounds_partial_sums` is set.
  std::vector<float> multiply() const;

  /// Sets C = products + beta C. Does not read C if beta is 0.
  void store(const std::vector<float>& products) const;

  /// Fills C with NaN, because C is undefined until the last of several kernels has written it.
  void poison_c() const;
};

}  // namespace simt
