#include <algorithm>

#include "kernels/activation/activation_math.h"
#include "kernels/activation/bias_activation_dropout.h"
#include "kernels/activation/dropout_math.h"
#include "kernels/activation/dropout_spans.h"
#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/philox_cpu.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

/// Processes a part of a row. z and a may be the same array.
template <class T, Activation kActivation>
GPU_SWEEP_CPU_CLONES void activate_span(const T* z, const float* bias, T* a, int count) {
  for (int i = 0; i < count; ++i) a[i] = from_float<T>(activate<kActivation>(to_float(z[i]) + bias[i]));
}

template <class T, Activation kActivation>
GPU_SWEEP_CPU_CLONES void activate_and_drop_span(const T* z, const float* bias, const std::uint32_t* words,
                                                 std::uint32_t threshold, float scale, T* a, int count) {
  for (int i = 0; i < count; ++i) {
    const float value = activate<kActivation>(to_float(z[i]) + bias[i]) * scale;
    a[i] = from_float<T>(dropout_keeps(words[i], threshold) ? value : 0.0f);
  }
}

template <class T, Activation kActivation>
void forward(const BiasActivationDropout& op, const Memory& memory, int replica) {
  const T* z = read<T>(memory, op.z, replica);
  const float* bias = read<float>(memory, op.bias, replica);
  T* a = write<T>(memory, op.a, replica);
  const ReplicaState* state = op.training ? read<ReplicaState>(memory, op.replica_state, replica) : nullptr;
  const bool drops = state && state->dropout_rate > 0;
  const std::uint32_t step = drops ? read<StepState>(memory, op.state, 0)->step : 0;
  const std::uint32_t threshold = drops ? dropout_threshold(state->dropout_rate) : 0;
  const float scale = drops ? 1.0f / (1.0f - state->dropout_rate) : 1.0f;

  std::uint32_t words[kPhiloxTile];
  for_each_span(op.batch, op.width, [&](const Span& span) {
    const std::size_t at = static_cast<std::size_t>(span.row) * op.leading + span.column;
    if (!drops) {
      activate_span<T, kActivation>(z + at, bias + span.column, a + at, span.count);
      return;
    }
    if (span.new_words > 0) {
      philox_words(state->dropout_seed, Purpose::kDropout, static_cast<std::uint32_t>(op.layer), step,
                   span.element, span.new_words, words);
    }
    activate_and_drop_span<T, kActivation>(z + at, bias + span.column, words + span.first_word, threshold,
                                           scale, a + at, span.count);
  });
  for (int b = 0; b < op.batch; ++b) {
    T* row = a + static_cast<std::size_t>(b) * op.leading;
    std::fill(row + op.width, row + op.leading, T{});
  }
}

}  // namespace

void execute(const BiasActivationDropout& op, const Memory& memory) {
  with_activation(op.activation, [&]<Activation kActivation>() {
    for (int r = 0; r < op.replicas; ++r) {
      op.type == DType::kBf16 ? forward<Bf16, kActivation>(op, memory, r)
                              : forward<float, kActivation>(op, memory, r);
    }
  });
}

}  // namespace gpu_sweep::cpu
