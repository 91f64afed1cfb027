#include <algorithm>

#include "kernels/batch/gather_batch.h"
#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/pack.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// Loads kWidth elements. `from` is aligned to kWidth elements, or to 16 bytes if they take more.
template <int kWidth, class Input>
__device__ auto load_inputs(const Input* from) {
  if constexpr (kWidth * sizeof(Input) > 16) {
    return load_floats<kWidth>(from, kWidth);
  } else {
    return load<kWidth>(from);
  }
}

/// A thread moves kWidth neighboring pixels at a time along one row b. kWidth > 1 requires
/// features % kWidth == 0, leading % kWidth == 0 and aligned tensors.
template <class Input, class T, int kWidth>
__global__ __launch_bounds__(kBlockThreads) void gather(GatherBatch op, Memory memory, int first) {
  const int r = replica_of_block(first);
  const int b = static_cast<int>(blockIdx.x * blockDim.y + threadIdx.y);
  if (b >= op.batch) return;

  const StepState state = *read<StepState>(memory, op.state, 0);
  const bool valid = b < valid_rows(state, op.batch, op.rows);
  std::uint32_t row = state.cursor + static_cast<std::uint32_t>(b);
  if (valid && op.shuffled) row = read<std::uint32_t>(memory, op.order, r)[row];
  if (valid && op.pool > 0) {
    row = read<std::uint32_t>(memory, op.pool_rows, r)[static_cast<std::uint32_t>(op.first) + row];
  }

  const Input* pixels = read<Input>(memory, op.pixels, r) + static_cast<std::size_t>(row) * op.features;
  T* x = write<T>(memory, op.x, r) + static_cast<std::size_t>(b) * op.leading;
  for (int i = threadIdx.x * kWidth; i < op.leading; i += blockDim.x * kWidth) {
    Pack<T, kWidth> out{};
    if (valid && i < op.features) {
      const auto in = load_inputs<kWidth>(pixels + i);
      for (int k = 0; k < kWidth; ++k) out.at[k] = from_float<T>(static_cast<float>(in.at[k]));
    }
    store(x + i, out);
  }
  if (threadIdx.x == 0) {
    write<std::uint8_t>(memory, op.y, r)[b] = valid ? read<std::uint8_t>(memory, op.labels, r)[row] : 0;
  }
}

template <class Input, class T, int kWidth>
void launch_gather(const GatherBatch& op, const Memory& memory, Queue& queue) {
  const dim3 block = row_block(op.leading / kWidth);
  launch_replicas("gather_batch", queue, ceil_divide(op.batch, block.y), block, gather<Input, T, kWidth>, op,
                  memory);
}

template <class Input, class T>
void gather(const GatherBatch& op, const Memory& memory, Queue& queue) {
  constexpr int kWidth = kPackWidth<T>;
  const bool packs = op.features % kWidth == 0 && op.leading % kWidth == 0 &&
                     aligned(memory, op.pixels, std::min<std::size_t>(kWidth * sizeof(Input), 16)) &&
                     aligned(memory, op.x, 16);
  packs ? launch_gather<Input, T, kWidth>(op, memory, queue) : launch_gather<Input, T, 1>(op, memory, queue);
}

}  // namespace

void execute(const GatherBatch& op, const Memory& memory, Queue& queue) {
  with_input_type(op.input_type, [&]<class Input>() {
    op.type == DType::kBf16 ? gather<Input, Bf16>(op, memory, queue)
                            : gather<Input, float>(op, memory, queue);
  });
}

}  // namespace gpu_sweep::cuda
