#include <algorithm>

#include "kernels/bf16.h"
#include "kernels/softmax_cross_entropy.h"
#include "kernels/softmax_row.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {
namespace {

template <class T>
void loss_and_gradient(const SoftmaxCrossEntropy& op, const Memory& memory, int replica) {
  const float* logits = read<float>(memory, op.logits, replica);
  const float* bias = read<float>(memory, op.bias, replica);
  const std::uint8_t* labels = read<std::uint8_t>(memory, op.labels, replica);
  const std::uint32_t cursor = read<StepState>(memory, op.state, 0)->cursor;
  T* dlogits = write<T>(memory, op.dlogits, replica);
  float* bias_gradient = write<float>(memory, op.bias_gradient, replica);
  Metrics* metrics = write<Metrics>(memory, op.metrics, replica);

  const int valid = std::min(op.batch, op.rows - static_cast<int>(cursor));
  const float per_row = 1.0f / static_cast<float>(valid);
  std::fill(bias_gradient, bias_gradient + op.leading, 0.0f);
  float exponentials[256];
  for (int b = 0; b < valid; ++b) {
    const std::size_t at = static_cast<std::size_t>(b) * op.leading;
    const SoftmaxRow row = softmax_row(logits + at, bias, op.classes, labels[b], exponentials);
    metrics->loss_sum += row.loss;
    metrics->correct += row.argmax == labels[b];
    const float inverse = 1.0f / row.sum;
    for (int k = 0; k < op.classes; ++k) {
      const float gradient = (exponentials[k] * inverse - (k == labels[b] ? 1.0f : 0.0f)) * per_row;
      dlogits[at + k] = from_float<T>(gradient);
      bias_gradient[k] += gradient;
    }
    std::fill(dlogits + at + op.classes, dlogits + at + op.leading, T{});
  }
  metrics->rows += valid;
  std::fill(dlogits + static_cast<std::size_t>(valid) * op.leading,
            dlogits + static_cast<std::size_t>(op.batch) * op.leading, T{});
}

}  // namespace

void execute(const SoftmaxCrossEntropy& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    op.type == DType::kBf16 ? loss_and_gradient<Bf16>(op, memory, r)
                            : loss_and_gradient<float>(op, memory, r);
  }
}

}  // namespace gpu_sweep::cpu
