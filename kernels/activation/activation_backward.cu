#include "kernels/activation/activation_backward.h"
#include "kernels/activation/activation_math.h"
#include "kernels/activation/dropout.cuh"
#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/reduce.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kSlots = 32;  // rows that a block processes at once: slot s takes rows s, s + 32, ...
constexpr int kPacks = 8;   // packs of columns per block

/// The smallest number of blocks per multiprocessor that the compiler must allow for. It limits a thread to
/// 64 registers, or to 80 if the slope also needs the bias.
template <Activation kActivation>
constexpr int kBlocks = needs_input(kActivation) ? 3 : 4;

/// Number of rows of its slot that a thread loads before it stores the first of them. Loads are grouped by
/// hand because dz may alias da, so the compiler must not move a load past a store. The number is lower if
/// dropout masks are drawn, because more rows would not fit into the registers.
template <class T, Activation kActivation>
constexpr int kRowsAtOnce = sign_is_mask(kActivation) ? 4
                            : sizeof(T) == 4          ? 2
                                                      : 1;

/// dz = da * slope * mask / (1 - rate), in place or not; bias_gradient = column sums of dz. Padding columns
/// are +0.
///
/// A block has kPacks x kSlots threads and processes all B rows of kPacks * kWidth columns. Each thread sums
/// its slot's rows in ascending order, then one thread per column sums the 32 slots in ascending order. The
/// order of a column's sum therefore depends only on B. kWidth > 1 requires whole_packs<kWidth> and aligned
/// tensors.
template <class T, Activation kActivation, int kWidth>
__global__ __launch_bounds__(kPacks* kSlots, kBlocks<kActivation>) void backward(ActivationBackward op,
                                                                                 Memory memory, int first) {
  constexpr int kColumns = kPacks * kWidth;
  constexpr int kRows = kRowsAtOnce<T, kActivation>;
  constexpr bool kAtInput = needs_input(kActivation);
  const int r = replica_of_block(first);
  const int slot = threadIdx.y;
  const int tile = blockIdx.x * kColumns;
  const int o = tile + threadIdx.x * kWidth;

  const ReplicaState* replica = read<ReplicaState>(memory, op.replica_state, r);
  const Dropout dropout = {replica->dropout_rate, replica->dropout_seed, static_cast<std::uint32_t>(op.layer),
                           read<StepState>(memory, op.state, 0)->step};
  const float scale = 1.0f / (1.0f - dropout.rate);
  const T* points = read<T>(memory, kAtInput ? op.z : op.a, r);
  const T* da = read<T>(memory, op.da, r);
  T* dz = write<T>(memory, op.dz, r);

  Pack<float, kWidth> sum{};
  for (int start = slot; start < op.batch && o < op.leading; start += kRows * kSlots) {
    Raw<T, kWidth> raw_points[kRows]{}, raw_incoming[kRows]{};
    for (int i = 0; i < kRows; ++i) {
      const int b = start + i * kSlots;
      if (b >= op.batch || o >= op.width) continue;
      const std::size_t at = static_cast<std::size_t>(b) * op.leading + o;
      raw_points[i] = load_raw<kWidth>(points + at);
      raw_incoming[i] = load_raw<kWidth>(da + at);
    }
    for (int i = 0; i < kRows; ++i) {
      const int b = start + i * kSlots;
      if (b >= op.batch) continue;
      Pack<T, kWidth> out{};
      if (o < op.width) {
        const auto point = std::bit_cast<Pack<T, kWidth>>(raw_points[i]);
        const auto incoming = std::bit_cast<Pack<T, kWidth>>(raw_incoming[i]);
        Pack<bool, kWidth> kept;
        if constexpr (!sign_is_mask(kActivation)) {
          kept = keep<kWidth>(dropout, static_cast<std::uint32_t>(b) * op.width + o);
        }
        Pack<float, kWidth> bias{};
        if constexpr (kAtInput) {
          bias = load_floats<kWidth>(read<float>(memory, op.bias, r) + o, op.width - o);
        }
        for (int k = 0; k < kWidth; ++k) {
          const float value = to_float(point.at[k]);
          float gradient = to_float(incoming.at[k]) * scale;
          if constexpr (sign_is_mask(kActivation)) {
            if (!(value > 0)) gradient = 0.0f;  // also covers dropped elements, which are 0
          } else {
            const float at = kAtInput ? value + bias.at[k] : value * (1.0f - dropout.rate);
            gradient = kept.at[k] ? gradient * activation_slope<kActivation>(at) : 0.0f;
          }
          if (is_pad(o, k, op.width)) gradient = 0.0f;
          out.at[k] = from_float<T>(gradient);
          sum.at[k] += gradient;
        }
      }
      store(dz + static_cast<std::size_t>(b) * op.leading + o, out);
    }
  }

  // Aligned for 16-byte stores. With stores of single floats, the 8 x 4 threads of a warp would have bank
  // conflicts.
  alignas(16) __shared__ float sums[kSlots * kColumns];
  store_floats(sums + slot * kColumns + threadIdx.x * kWidth, sum);
  __syncthreads();
  const int column = slot * kPacks + threadIdx.x;
  if (column < kColumns && tile + column < op.leading) {
    write<float>(memory, op.bias_gradient, r)[tile + column] = strided_sum(sums + column, kSlots, kColumns);
  }
}

template <class T, Activation kActivation, int kWidth>
void launch_backward(const ActivationBackward& op, const Memory& memory, Queue& queue) {
  launch_replicas("activation_backward", queue, ceil_divide(op.leading, kPacks * kWidth),
                  dim3(kPacks, kSlots), backward<T, kActivation, kWidth>, op, memory);
}

template <class T, Activation kActivation>
void backward(const ActivationBackward& op, const Memory& memory, Queue& queue) {
  constexpr int kWidth = kPackWidth<T>;
  const bool packs = whole_packs<kWidth>(op.width, op.leading) && aligned(memory, op.da, 16) &&
                     aligned(memory, op.dz, 16) &&
                     (needs_input(kActivation) ? aligned(memory, op.z, 16) && aligned(memory, op.bias, 16)
                                               : aligned(memory, op.a, 16));
  packs ? launch_backward<T, kActivation, kWidth>(op, memory, queue)
        : launch_backward<T, kActivation, 1>(op, memory, queue);
}

}  // namespace

void execute(const ActivationBackward& op, const Memory& memory, Queue& queue) {
  with_activation(op.activation, [&]<Activation kActivation>() {
    op.type == DType::kBf16 ? backward<Bf16, kActivation>(op, memory, queue)
                            : backward<float, kActivation>(op, memory, queue);
  });
}

}  // namespace gpu_sweep::cuda
