#include <algorithm>

#include "kernels/activation/activation_backward.h"
#include "kernels/activation/activation_math.h"
#include "kernels/activation/dropout_math.h"
#include "kernels/activation/dropout_spans.h"
#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/philox_cpu.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

// Each of these functions processes a part of a row. da and dz may be the same array.

/// Processes activations with sign_is_mask.
template <class T>
GPU_SWEEP_CPU_CLONES void backward_by_sign(const T* a, const T* da, float scale, T* dz,
                                           float* __restrict__ bias_gradient, int count) {
  for (int i = 0; i < count; ++i) {
    const float scaled = to_float(da[i]) * scale;
    const float gradient = to_float(a[i]) > 0 ? scaled : 0.0f;
    dz[i] = from_float<T>(gradient);
    bias_gradient[i] += gradient;
  }
}

template <class T, Activation kActivation>
GPU_SWEEP_CPU_CLONES void backward_at_output(const T* a, const T* da, const std::uint32_t* words,
                                             std::uint32_t threshold, float kept_share, T* dz,
                                             float* __restrict__ bias_gradient, int count) {
  const float scale = 1.0f / kept_share;
  for (int i = 0; i < count; ++i) {
    const float slope = activation_slope<kActivation>(to_float(a[i]) * kept_share);
    const float value = to_float(da[i]) * scale * slope;
    const float gradient = dropout_keeps(words[i], threshold) ? value : 0.0f;
    dz[i] = from_float<T>(gradient);
    bias_gradient[i] += gradient;
  }
}

/// Processes activations with needs_input.
template <class T, Activation kActivation>
GPU_SWEEP_CPU_CLONES void backward_at_input(const T* z, const float* __restrict__ bias, const T* da,
                                            const std::uint32_t* words, std::uint32_t threshold,
                                            float kept_share, T* dz, float* __restrict__ bias_gradient,
                                            int count) {
  const float scale = 1.0f / kept_share;
  for (int i = 0; i < count; ++i) {
    const float slope = activation_slope<kActivation>(to_float(z[i]) + bias[i]);
    const float value = to_float(da[i]) * scale * slope;
    const float gradient = dropout_keeps(words[i], threshold) ? value : 0.0f;
    dz[i] = from_float<T>(gradient);
    bias_gradient[i] += gradient;
  }
}

template <class T, Activation kActivation>
void backward(const ActivationBackward& op, const Memory& memory, int replica) {
  const T* point = read<T>(memory, needs_input(kActivation) ? op.z : op.a, replica);
  const float* bias = needs_input(kActivation) ? read<float>(memory, op.bias, replica) : nullptr;
  const T* da = read<T>(memory, op.da, replica);
  T* dz = write<T>(memory, op.dz, replica);
  float* bias_gradient = write<float>(memory, op.bias_gradient, replica);
  const ReplicaState* state = read<ReplicaState>(memory, op.replica_state, replica);
  const float kept_share = 1.0f - state->dropout_rate;
  const std::uint32_t threshold = dropout_threshold(state->dropout_rate);
  const std::uint32_t step = read<StepState>(memory, op.state, 0)->step;

  std::fill(bias_gradient, bias_gradient + op.leading, 0.0f);
  std::uint32_t words[kPhiloxTile] = {};
  for_each_span(op.batch, op.width, [&](const Span& span) {
    const std::size_t at = static_cast<std::size_t>(span.row) * op.leading + span.column;
    float* sum = bias_gradient + span.column;
    if constexpr (sign_is_mask(kActivation)) {
      backward_by_sign(point + at, da + at, 1.0f / kept_share, dz + at, sum, span.count);
      return;
    }
    if (threshold > 0 && span.new_words > 0) {
      philox_words(state->dropout_seed, Purpose::kDropout, static_cast<std::uint32_t>(op.layer), step,
                   span.element, span.new_words, words);
    }
    if constexpr (needs_input(kActivation)) {
      backward_at_input<T, kActivation>(point + at, bias + span.column, da + at, words + span.first_word,
                                        threshold, kept_share, dz + at, sum, span.count);
    } else {
      backward_at_output<T, kActivation>(point + at, da + at, words + span.first_word, threshold, kept_share,
                                         dz + at, sum, span.count);
    }
  });
  for (int b = 0; b < op.batch; ++b) {
    T* row = dz + static_cast<std::size_t>(b) * op.leading;
    std::fill(row + op.width, row + op.leading, T{});
  }
}

}  // namespace

void execute(const ActivationBackward& op, const Memory& memory) {
  with_activation(op.activation, [&]<Activation kActivation>() {
    for (int r = 0; r < op.replicas; ++r) {
      op.type == DType::kBf16 ? backward<Bf16, kActivation>(op, memory, r)
                              : backward<float, kActivation>(op, memory, r);
    }
  });
}

}  // namespace gpu_sweep::cpu
