#include <algorithm>

#include "kernels/common/aligned_scratch.h"
#include "kernels/common/avx512.h"
#include "kernels/common/tensor_access.h"
#include "kernels/gemm/gradient_rows_avx512.h"

namespace gpu_sweep::cpu {

#ifdef __x86_64__
namespace {

constexpr int kVector = 16;
constexpr int kPanel = 2 * kVector;  // columns of b that are multiplied together
constexpr int kRows = 14;            // rows of a block; its sums take 28 registers, b takes two, and a one
/// Largest number of elements of b. For larger ones, oneDNN's product is faster by more than is saved by not
/// writing the gradient.
constexpr std::int64_t kMostB = 1 << 14;

/// Computes kCount rows of alpha a' b for kVectors * 16 columns. Rows of `a` are `a_pitch` elements
/// apart, those of `c` are `pitch` elements apart, and `b` is [batch, kVectors * 16], packed. Each sum is
/// a chain of fused multiply-adds over the batch, in order, and is then multiplied by alpha.
template <int kCount, int kVectors>
GPU_SWEEP_AVX512 void multiply_rows(const float* a, int a_pitch, const float* b, int batch, float alpha,
                                    float* c, int pitch) {
  __m512 sums[kCount][kVectors];
  for (auto& row : sums) {
    for (__m512& sum : row) sum = _mm512_setzero_ps();
  }
  for (int k = 0; k < batch; ++k) {
    _mm_prefetch(a + std::ptrdiff_t{k} * a_pitch + kRows, _MM_HINT_T0);  // for the next block of rows
    __m512 right[kVectors];
    for (int j = 0; j < kVectors; ++j)
      right[j] = _mm512_load_ps(b + (std::ptrdiff_t{k} * kVectors + j) * kVector);
    for (int i = 0; i < kCount; ++i) {
      const __m512 left = _mm512_set1_ps(a[std::ptrdiff_t{k} * a_pitch + i]);
      for (int j = 0; j < kVectors; ++j) sums[i][j] = _mm512_fmadd_ps(left, right[j], sums[i][j]);
    }
  }
  const __m512 factor = _mm512_set1_ps(alpha);
  for (std::ptrdiff_t i = 0; i < kCount; ++i) {
    for (std::ptrdiff_t j = 0; j < kVectors; ++j) {
      _mm512_store_ps(c + i * pitch + j * kVector, alpha == 1.0f ? sums[i][j] : sums[i][j] * factor);
    }
  }
}

template <int kVectors>
void multiply_panel(int count, const float* a, int a_pitch, const float* b, int batch, float alpha, float* c,
                    int pitch) {
  if (count == kRows) return multiply_rows<kRows, kVectors>(a, a_pitch, b, batch, alpha, c, pitch);
  std::ptrdiff_t row = 0;
  for (; row + 4 <= count; row += 4) {
    multiply_rows<4, kVectors>(a + row, a_pitch, b, batch, alpha, c + row * pitch, pitch);
  }
  for (; row < count; ++row) {
    multiply_rows<1, kVectors>(a + row, a_pitch, b, batch, alpha, c + row * pitch, pitch);
  }
}

class Avx512GradientRows final : public GradientRows {
 public:
  explicit Avx512GradientRows(const Gemm& op)
      : op_(op),
        b_(static_cast<std::size_t>(op.batch) * static_cast<std::size_t>(op.outputs)),
        c_(static_cast<std::size_t>(kRows) * static_cast<std::size_t>(op.outputs)) {}

  void run(const Memory& memory, int replica, const Use& use) override {
    pack_b(read<float>(memory, op_.b, replica));
    const auto* a = read<float>(memory, op_.a, replica);
    for (int first = 0; first < op_.inputs; first += kRows) {
      const int rows = std::min(kRows, op_.inputs - first);
      for (int column = 0; column < op_.outputs; column += kPanel) {
        const float* b = b_.data() + static_cast<std::ptrdiff_t>(column) * op_.batch;
        const auto multiply = op_.outputs - column >= kPanel ? multiply_panel<2> : multiply_panel<1>;
        multiply(rows, a + first, op_.inputs, b, op_.batch, op_.alpha, c_.data() + column, op_.outputs);
      }
      use(first, rows, c_.data());
    }
  }

 private:
  /// Copies b in panels of kPanel columns: [panels, batch, kPanel]. The last panel may have half as many.
  void pack_b(const float* from) {
    float* to = b_.data();
    for (int column = 0; column < op_.outputs; column += kPanel) {
      const int width = std::min(kPanel, op_.outputs - column);
      for (int k = 0; k < op_.batch; ++k, to += width) {
        std::copy_n(from + static_cast<std::ptrdiff_t>(k) * op_.outputs + column, width, to);
      }
    }
  }

  Gemm op_;
  AlignedScratch<float> b_;  // [panels, batch, kPanel]
  AlignedScratch<float> c_;  // [kRows, outputs]
};

}  // namespace

std::unique_ptr<GradientRows> gradient_rows_avx512(const Gemm& op) {
  const bool fits = op.outputs % kVector == 0 && std::int64_t{op.batch} * op.outputs <= kMostB;
  if (!has_avx512() || op.input_type != DType::kF32 || !fits) return nullptr;
  return std::make_unique<Avx512GradientRows>(op);
}
#else
std::unique_ptr<GradientRows> gradient_rows_avx512(const Gemm&) { return nullptr; }
#endif

}  // namespace gpu_sweep::cpu
