#include "kernels/activation/activation_math.h"
#include "kernels/activation/bias_activation_dropout.h"
#include "kernels/activation/dropout.cuh"
#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// a = dropout(activation(z + bias)), in place or not, with +0 in the padding columns. A thread processes
/// kWidth neighboring columns of row b at a time. kWidth > 1 requires whole_packs<kWidth> and aligned
/// tensors.
template <class T, Activation kActivation, int kWidth>
__global__ __launch_bounds__(kBlockThreads) void forward(BiasActivationDropout op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const int b = static_cast<int>(blockIdx.x * blockDim.y + threadIdx.y);
  if (b >= op.batch) return;

  Dropout dropout;
  if (op.training) {
    const ReplicaState* replica = read<ReplicaState>(memory, op.replica_state, r);
    dropout = {replica->dropout_rate, replica->dropout_seed, static_cast<std::uint32_t>(op.layer),
               read<StepState>(memory, op.state, 0)->step};
  }
  const float scale = 1.0f / (1.0f - dropout.rate);

  const std::size_t row = static_cast<std::size_t>(b) * op.leading;
  const T* z = read<T>(memory, op.z, r) + row;
  const float* bias = read<float>(memory, op.bias, r);
  T* a = write<T>(memory, op.a, r) + row;
  for (int o = threadIdx.x * kWidth; o < op.leading; o += blockDim.x * kWidth) {
    Pack<T, kWidth> out{};
    if (o < op.width) {
      const auto in = load<kWidth>(z + o);
      const auto offset = load_floats<kWidth>(bias + o, op.width - o);
      const auto kept = keep<kWidth>(dropout, static_cast<std::uint32_t>(b) * op.width + o);
      for (int k = 0; k < kWidth; ++k) {
        const float value = activate<kActivation>(to_float(in.at[k]) + offset.at[k]);
        out.at[k] = from_float<T>(kept.at[k] && !is_pad(o, k, op.width) ? value * scale : 0.0f);
      }
    }
    store(a + o, out);
  }
}

template <class T, Activation kActivation, int kWidth>
void launch_forward(const BiasActivationDropout& op, const Memory& memory, Queue& queue) {
  const dim3 block = row_block(op.leading / kWidth);
  launch_replicas("bias_activation_dropout", queue, ceil_divide(op.batch, block.y), block,
                  forward<T, kActivation, kWidth>, op, memory);
}

template <class T, Activation kActivation>
void forward(const BiasActivationDropout& op, const Memory& memory, Queue& queue) {
  constexpr int kWidth = kPackWidth<T>;
  const bool packs = whole_packs<kWidth>(op.width, op.leading) && aligned(memory, op.z, 16) &&
                     aligned(memory, op.a, 16) && aligned(memory, op.bias, 16);
  packs ? launch_forward<T, kActivation, kWidth>(op, memory, queue)
        : launch_forward<T, kActivation, 1>(op, memory, queue);
}

}  // namespace

void execute(const BiasActivationDropout& op, const Memory& memory, Queue& queue) {
  with_activation(op.activation, [&]<Activation kActivation>() {
    op.type == DType::kBf16 ? forward<Bf16, kActivation>(op, memory, queue)
                            : forward<float, kActivation>(op, memory, queue);
  });
}

}  // namespace gpu_sweep::cuda
