#include <algorithm>
#include <cstring>

#include "kernels/bf16.h"
#include "kernels/cpu_clones.h"
#include "kernels/gather_batch.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

template <class T>
GPU_SWEEP_CPU_CLONES void convert_row(const std::uint8_t* __restrict__ from, int count, T* __restrict__ to) {
  for (int i = 0; i < count; ++i) to[i] = from_float<T>(static_cast<float>(from[i]));
}

template <class T>
void gather(const GatherBatch& op, const Memory& memory, int replica) {
  const auto* pixels = read<std::uint8_t>(memory, op.pixels, replica);
  const auto* labels = read<std::uint8_t>(memory, op.labels, replica);
  const auto* order = op.shuffled ? read<std::uint32_t>(memory, op.order, replica) : nullptr;
  const StepState& state = *read<StepState>(memory, op.state, 0);
  T* x = write<T>(memory, op.x, replica);
  std::uint8_t* y = write<std::uint8_t>(memory, op.y, replica);

  const int valid = valid_rows(state, op.batch, op.rows);
  for (int b = 0; b < valid; ++b) {
    const std::uint32_t position = state.cursor + static_cast<std::uint32_t>(b);
    const std::uint32_t row = order ? order[position] : position;
    const std::uint8_t* from = pixels + static_cast<std::size_t>(row) * op.features;
    T* to = x + static_cast<std::size_t>(b) * op.leading;
    convert_row<T>(from, op.features, to);
    std::fill(to + op.features, to + op.leading, T{});
    y[b] = labels[row];
  }
  std::fill(x + static_cast<std::size_t>(valid) * op.leading,
            x + static_cast<std::size_t>(op.batch) * op.leading, T{});
  std::fill(y + valid, y + op.batch, std::uint8_t{0});
}

}  // namespace

void execute(const GatherBatch& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    op.type == DType::kBf16 ? gather<Bf16>(op, memory, r) : gather<float>(op, memory, r);
  }
}

}  // namespace gpu_sweep::cpu
