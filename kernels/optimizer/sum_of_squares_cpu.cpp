#include "kernels/optimizer/sum_of_squares_cpu.h"

#include "kernels/common/cpu_clones.h"

namespace gpu_sweep::cpu {
namespace {

constexpr int kPartialSums = 32;

}  // namespace

GPU_SWEEP_CPU_CLONES double sum_of_squares(const float* values, std::int64_t count) {
  double partial[kPartialSums] = {};
  for (std::int64_t i = 0; i < count; i += kPartialSums) {
    for (int j = 0; j < kPartialSums; ++j) {
      const double value = values[i + j];
      partial[j] += value * value;
    }
  }
  double sum = 0;
  for (const double part : partial) sum += part;
  return sum;
}

}  // namespace gpu_sweep::cpu
