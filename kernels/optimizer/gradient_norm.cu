#include "kernels/common/launch.cuh"
#include "kernels/common/pack.cuh"
#include "kernels/common/reduce.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/optimizer/gradient_norm.h"
#include "kernels/optimizer/optimizer_math.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kNormThreads = 512;  // many, because one block serves a replica and needs many loads in flight
constexpr int kWarp = 32;

/// Computes the norm of one replica with one block. Thread t sums the packs t, t + 512, ... in ascending
/// order. Then one thread per warp adds the sums of its 32 threads, and one thread adds the sums of the 16
/// warps. kWidth > 1 requires parameters % kWidth == 0 and an aligned gradient.
template <int kWidth>
__global__ __launch_bounds__(kNormThreads) void gradient_norm(GradientNorm op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const float* gradient = read<float>(memory, op.gradient, r);
  const int thread = static_cast<int>(threadIdx.x);
  double sum = 0;
  for (std::int64_t i = static_cast<std::int64_t>(thread) * kWidth; i < op.parameters;
       i += static_cast<std::int64_t>(kNormThreads) * kWidth) {
    const auto pack = load<kWidth>(gradient + i);
    for (int k = 0; k < kWidth; ++k) sum += static_cast<double>(pack.at[k]) * pack.at[k];
  }
  __shared__ double sums[kNormThreads];
  sums[thread] = sum;
  __syncthreads();
  __shared__ double of_warps[kNormThreads / kWarp];
  if (thread % kWarp == 0) of_warps[thread / kWarp] = strided_sum(sums + thread, kWarp, 1);
  __syncthreads();
  if (thread != 0) return;
  ReplicaState* state = write<ReplicaState>(memory, op.replica_state, r);
  state->gradient_scale =
      gradient_scale(strided_sum(of_warps, kNormThreads / kWarp, 1), state->gradient_clip_norm);
}

}  // namespace

void execute(const GradientNorm& op, const Memory& memory, Queue& queue) {
  const bool packs = op.parameters % 4 == 0 && aligned(memory, op.gradient, 16);
  launch_replicas("gradient_norm", queue, 1, kNormThreads, packs ? gradient_norm<4> : gradient_norm<1>, op,
                  memory);
}

}  // namespace gpu_sweep::cuda
