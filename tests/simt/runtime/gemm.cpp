#include "tests/simt/runtime/gemm.h"

#include <cuda_bf16.h>

#include <bit>
#include <cstdint>
#include <cstring>

namespace simt {

namespace {

constexpr std::size_t kTermsOfAPart = 16;

/// Rounds to TF32, which keeps 10 of the 23 mantissa bits.
float to_tf32(float value, InputRounding rounding) {
  auto bits = std::bit_cast<std::uint32_t>(value);
  if (rounding == InputRounding::kNone || (bits & 0x7f800000u) == 0x7f800000u) return value;
  if (rounding == InputRounding::kTf32Nearest) bits += 0xfffu + (bits >> 13 & 1u);
  return std::bit_cast<float>(bits & ~0x1fffu);
}

float load(const Matrix& matrix, const std::byte* at, std::size_t index, InputRounding rounding) {
  if (matrix.type == CUDA_R_32F) {
    float value;
    std::memcpy(&value, at + 4 * index, 4);
    return to_tf32(value, rounding);
  }
  __nv_bfloat16 value;
  std::memcpy(&value, at + 2 * index, 2);
  return __bfloat162float(value);
}

/// Returns op(matrix) of one product, packed column by column.
std::vector<float> pack(const Matrix& matrix, int product, InputRounding rounding) {
  const std::byte* at = matrix.at(product);
  const int rows = matrix.transposed ? matrix.columns : matrix.rows;
  const int columns = matrix.transposed ? matrix.rows : matrix.columns;
  std::vector<float> packed;
  packed.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int j = 0; j < columns; ++j) {
    for (int i = 0; i < rows; ++i) {
      const int stored_row = matrix.transposed ? j : i;
      const int stored_column = matrix.transposed ? i : j;
      const auto index = static_cast<std::size_t>(stored_column) * static_cast<std::size_t>(matrix.leading) +
                         static_cast<std::size_t>(stored_row);
      packed.push_back(load(matrix, at, index, rounding));
    }
  }
  return packed;
}

bool overlap(const std::byte* a, std::size_t a_bytes, const std::byte* b, std::size_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

}  // namespace

std::string Gemm::check(const DeviceMemory& memory) const {
  const struct {
    char name;
    const Matrix& matrix;
  } operands[] = {{'A', a}, {'B', b}, {'C', c}};
  for (const auto& [name, matrix] : operands) {
    for (int r = 0; r < batch; ++r) {
      if (memory.contains(matrix.at(r), matrix.span_bytes())) continue;
      return std::string("matrix ") + name + " of product " + std::to_string(r) + " spans " +
             std::to_string(matrix.span_bytes()) + " bytes from " + memory.describe(matrix.at(r));
    }
    for (int r = 0; r < batch; ++r) {
      for (int s = 0; s < batch; ++s) {
        if (name == 'C' && r == s) continue;
        if (overlap(matrix.at(r), matrix.span_bytes(), c.at(s), c.span_bytes())) {
          return std::string("matrix ") + name + " of product " + std::to_string(r) +
                 " overlaps the result of product " + std::to_string(s);
        }
      }
    }
  }
  return {};
}

std::vector<float> Gemm::multiply() const {
  const auto rows = static_cast<std::size_t>(m);
  std::vector<float> products(static_cast<std::size_t>(batch) * static_cast<std::size_t>(n) * rows);
  float* column = products.data();
  for (int r = 0; r < batch; ++r) {
    const std::vector<float> left = pack(a, r, rounding);
    const std::vector<float> right = pack(b, r, rounding);
    const float* factor = right.data();
    for (int j = 0; j < n; ++j, column += rows) {
      for (std::size_t p = 0; p < static_cast<std::size_t>(k); ++p, ++factor) {
        const float* source = left.data() + p * rows;
        for (std::size_t i = 0; i < rows; ++i) column[i] += source[i] * *factor;
        if (!rounds_partial_sums || p % kTermsOfAPart != kTermsOfAPart - 1) continue;
        for (std::size_t i = 0; i < rows; ++i) column[i] = __bfloat162float(__float2bfloat16_rn(column[i]));
      }
    }
  }
  for (float& value : products) value *= alpha;
  return products;
}

void Gemm::store(const std::vector<float>& products) const {
  const float* product = products.data();
  for (int r = 0; r < batch; ++r) {
    auto* at = const_cast<std::byte*>(c.at(r));
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < m; ++i, ++product) {
        const auto index =
            static_cast<std::size_t>(j) * static_cast<std::size_t>(c.leading) + static_cast<std::size_t>(i);
        const float sum = beta == 0 ? *product : *product + beta * load(c, at, index, InputRounding::kNone);
        const __nv_bfloat16 rounded = __float2bfloat16_rn(sum);
        if (c.type == CUDA_R_32F) {
          std::memcpy(at + 4 * index, &sum, 4);
        } else {
          std::memcpy(at + 2 * index, &rounded, 2);
        }
      }
    }
  }
}

void Gemm::poison_c() const {
  for (int r = 0; r < batch; ++r) {
    for (int j = 0; j < n; ++j) {
      auto* at = const_cast<std::byte*>(c.at(r)) +
                 static_cast<std::size_t>(j) * static_cast<std::size_t>(c.leading) * c.element_bytes();
      std::memset(at, kPoison, static_cast<std::size_t>(m) * c.element_bytes());
    }
  }
}

}  // namespace simt
