#include "kernels/activation_math.h"
#include "kernels/bf16.h"
#include "kernels/bias_activation_dropout.h"
#include "kernels/philox.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

template <class T, Activation kActivation>
void forward(const BiasActivationDropout& op, const Memory& memory, int replica) {
  const T* z = read<T>(memory, op.z, replica);
  const float* bias = read<float>(memory, op.bias, replica);
  T* a = write<T>(memory, op.a, replica);
  const auto* replica_state = op.training ? read<ReplicaState>(memory, op.replica_state, replica) : nullptr;
  const float rate = op.training ? replica_state->dropout_rate : 0.0f;
  const float scale = 1.0f / (1.0f - rate);
  const std::uint64_t seed = op.training ? replica_state->seed : 0;
  const std::uint32_t step = op.training ? read<StepState>(memory, op.state, 0)->step : 0;

  PhiloxBlock random{};
  std::uint32_t element = 0;
  for (int b = 0; b < op.batch; ++b) {
    const std::size_t row = static_cast<std::size_t>(b) * op.leading;
    for (int o = 0; o < op.width; ++o, ++element) {
      float value = activate<kActivation>(to_float(z[row + o]) + bias[o]);
      if (rate > 0) {
        if (element % 4 == 0) random = philox_block(seed, Purpose::kDropout, op.layer, step, element / 4);
        value = uniform(random.word[element % 4]) >= rate ? value * scale : 0.0f;
      }
      a[row + o] = from_float<T>(value);
    }
    for (int o = op.width; o < op.leading; ++o) a[row + o] = T{};
  }
}

template <class T>
void forward(const BiasActivationDropout& op, const Memory& memory, int replica) {
  switch (op.activation) {
    case Activation::kRelu:
      return forward<T, Activation::kRelu>(op, memory, replica);
    case Activation::kSigmoid:
      return forward<T, Activation::kSigmoid>(op, memory, replica);
    case Activation::kTanh:
      return forward<T, Activation::kTanh>(op, memory, replica);
  }
}

}  // namespace

void execute(const BiasActivationDropout& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    op.type == DType::kBf16 ? forward<Bf16>(op, memory, r) : forward<float>(op, memory, r);
  }
}

}  // namespace gpu_sweep::cpu
