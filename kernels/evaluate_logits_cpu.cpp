#include <algorithm>

#include "kernels/evaluate_logits.h"
#include "kernels/softmax_row.h"
#include "kernels/step_state.h"
#include "kernels/tensor_access.h"

namespace gpu_sweep::cpu {

void execute(const EvaluateLogits& op, const Memory& memory) {
  const std::uint32_t cursor = read<StepState>(memory, op.state, 0)->cursor;
  const int valid = std::min(op.batch, op.rows - static_cast<int>(cursor));
  float exponentials[256];
  for (int r = 0; r < op.replicas; ++r) {
    const float* logits = read<float>(memory, op.logits, r);
    const float* bias = read<float>(memory, op.bias, r);
    const std::uint8_t* labels = read<std::uint8_t>(memory, op.labels, r);
    Metrics* metrics = write<Metrics>(memory, op.metrics, r);
    for (int b = 0; b < valid; ++b) {
      const float* row_logits = logits + static_cast<std::size_t>(b) * op.leading;
      const SoftmaxRow row = softmax_row(row_logits, bias, op.classes, labels[b], exponentials);
      metrics->loss_sum += row.loss;
      metrics->correct += row.argmax == labels[b];
      if (op.keep_classes) {
        ++write<std::uint32_t>(memory, op.confusion, r)[labels[b] * op.classes + row.argmax];
        write<std::uint8_t>(memory, op.predictions, r)[cursor + b] = static_cast<std::uint8_t>(row.argmax);
      }
    }
    metrics->rows += valid;
  }
}

}  // namespace gpu_sweep::cpu
