#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "kernels/batch/gather_batch.h"
#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

/// Converts a byte to T. No rounding is needed for bf16 either, because its significand has eight bits.
template <class T>
T from_pixel(std::uint8_t pixel) {
  const auto value = static_cast<float>(pixel);
  if constexpr (std::is_same_v<T, Bf16>) {
    return {static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16)};
  } else {
    return value;
  }
}

template <class T>
T from_pixel(float value) {
  return from_float<T>(value);
}

template <class T, class Input>
GPU_SWEEP_CPU_CLONES void convert_row(const Input* __restrict__ from, int count, T* __restrict__ to) {
  for (int i = 0; i < count; ++i) to[i] = from_pixel<T>(from[i]);
}

/// Number of bytes of rows to prefetch into the second-level cache: 41 images of Fashion-MNIST. Prefetching
/// by hand is needed because rows are read in random order from a data set that is larger than the caches,
/// and the processor cannot predict which row comes next. If a batch is smaller than this number of bytes,
/// the rows of the next step arrive while the matrix products of the current step are computed.
constexpr std::size_t kBytesAhead = std::size_t{32} << 10;
constexpr std::size_t kFewestRowsAhead = 4;

int rows_ahead(int batch, std::size_t row_bytes) {
  const std::size_t rows = std::max(kFewestRowsAhead, kBytesAhead / row_bytes);
  return static_cast<int>(std::min(rows, static_cast<std::size_t>(batch)));
}

template <class Input>
void prefetch_row(const Input* row, int count) {
  constexpr int kElementsALine = 64 / sizeof(Input);
  for (int at = 0; at < count; at += kElementsALine) __builtin_prefetch(row + at, 0, 2);
}

template <class Input, class T>
void gather(const GatherBatch& op, const Memory& memory, int replica) {
  const auto* pixels = read<Input>(memory, op.pixels, replica);
  const auto* labels = read<std::uint8_t>(memory, op.labels, replica);
  const auto* order = op.shuffled ? read<std::uint32_t>(memory, op.order, replica) : nullptr;
  const auto* pool_rows =
      op.pool > 0 ? read<std::uint32_t>(memory, op.pool_rows, replica) + op.first : nullptr;
  const StepState& state = *read<StepState>(memory, op.state, 0);
  T* x = write<T>(memory, op.x, replica);
  std::uint8_t* y = write<std::uint8_t>(memory, op.y, replica);

  const int valid = valid_rows(state, op.batch, op.rows);
  const auto row_of = [&](int b) {
    const std::uint32_t position = state.cursor + static_cast<std::uint32_t>(b);
    const std::uint32_t row = order ? order[position] : position;
    return pool_rows ? pool_rows[row] : row;
  };
  const auto pixels_of = [&](int b) { return pixels + static_cast<std::size_t>(row_of(b)) * op.features; };
  const int ahead = rows_ahead(op.batch, sizeof(Input) * static_cast<std::size_t>(op.features));
  const int left = op.rows - static_cast<int>(state.cursor);
  for (int b = 0; b < valid; ++b) {
    if (b + ahead < left) prefetch_row(pixels_of(b + ahead), op.features);
    const Input* from = pixels_of(b);
    T* to = x + static_cast<std::size_t>(b) * op.leading;
    convert_row<T>(from, op.features, to);
    std::fill(to + op.features, to + op.leading, T{});
    y[b] = labels[row_of(b)];
  }
  std::fill(x + static_cast<std::size_t>(valid) * op.leading,
            x + static_cast<std::size_t>(op.batch) * op.leading, T{});
  std::fill(y + valid, y + op.batch, std::uint8_t{0});
}

}  // namespace

void execute(const GatherBatch& op, const Memory& memory) {
  with_input_type(op.input_type, [&]<class Input>() {
    for (int r = 0; r < op.replicas; ++r) {
      op.type == DType::kBf16 ? gather<Input, Bf16>(op, memory, r) : gather<Input, float>(op, memory, r);
    }
  });
}

}  // namespace gpu_sweep::cpu
