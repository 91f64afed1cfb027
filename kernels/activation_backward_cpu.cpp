#include <algorithm>

#include "kernels/activation_backward.h"
#include "kernels/activation_math.h"
#include "kernels/bf16.h"
#include "kernels/philox.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

template <class T, Activation kActivation>
void backward(const ActivationBackward& op, const Memory& memory, int replica) {
  const T* a = read<T>(memory, op.a, replica);
  const T* da = read<T>(memory, op.da, replica);
  T* dz = write<T>(memory, op.dz, replica);
  float* bias_gradient = write<float>(memory, op.bias_gradient, replica);
  const auto* replica_state = read<ReplicaState>(memory, op.replica_state, replica);
  const float rate = replica_state->dropout_rate;
  const float scale = 1.0f / (1.0f - rate);
  const std::uint32_t step = read<StepState>(memory, op.state, 0)->step;

  std::fill(bias_gradient, bias_gradient + op.leading, 0.0f);
  PhiloxBlock random{};
  std::uint32_t element = 0;
  for (int b = 0; b < op.batch; ++b) {
    const std::size_t row = static_cast<std::size_t>(b) * op.leading;
    for (int o = 0; o < op.width; ++o, ++element) {
      const float output = to_float(a[row + o]);
      const float incoming = to_float(da[row + o]);
      float gradient;
      if constexpr (kActivation == Activation::kRelu) {
        gradient = output > 0 ? incoming * scale : 0.0f;
      } else {
        if (rate > 0 && element % 4 == 0) {
          random = philox_block(replica_state->seed, Purpose::kDropout, op.layer, step, element / 4);
        }
        const bool keep = rate == 0 || uniform(random.word[element % 4]) >= rate;
        gradient = keep ? incoming * scale * activation_slope<kActivation>(output * (1.0f - rate)) : 0.0f;
      }
      dz[row + o] = from_float<T>(gradient);
      bias_gradient[o] += gradient;
    }
    for (int o = op.width; o < op.leading; ++o) dz[row + o] = T{};
  }
}

template <class T>
void backward(const ActivationBackward& op, const Memory& memory, int replica) {
  switch (op.activation) {
    case Activation::kRelu:
      return backward<T, Activation::kRelu>(op, memory, replica);
    case Activation::kSigmoid:
      return backward<T, Activation::kSigmoid>(op, memory, replica);
    case Activation::kTanh:
      return backward<T, Activation::kTanh>(op, memory, replica);
  }
}

}  // namespace

void execute(const ActivationBackward& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    op.type == DType::kBf16 ? backward<Bf16>(op, memory, r) : backward<float>(op, memory, r);
  }
}

}  // namespace gpu_sweep::cpu
