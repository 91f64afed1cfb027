#include "gpu_sweep/fp16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/loss/evaluate_logits.h"
#include "kernels/loss/softmax_row.cuh"

namespace gpu_sweep::cuda {
namespace {

/// Evaluates the rows of one replica in one block of 16 threads x 32 slots. Sums have the same order as in
/// softmax_cross_entropy.cu. The confusion matrix counts integers, so the order of its additions does not
/// matter.
template <bool kWeighted, int kClassesALane>
__global__ __launch_bounds__(kRowLanes* kRowSlots) void evaluate(EvaluateLogits op, Memory memory,
                                                                 int first) {
  const int r = replica_of_block(first);
  const int lane = threadIdx.x;
  const int slot = threadIdx.y;
  const float* logits = read<float>(memory, op.logits, r);
  const float* bias = read<float>(memory, op.bias, r);
  const std::uint8_t* labels = read<std::uint8_t>(memory, op.labels, r);
  const StepState state = *read<StepState>(memory, op.state, 0);
  const int valid = valid_rows(state, op.batch, op.rows);

  float smoothing = 0.0f;
  const float* class_weights = nullptr;
  if constexpr (kWeighted) {
    smoothing = read<ReplicaState>(memory, op.replica_state, r)->label_smoothing;
    class_weights = read<float>(memory, op.class_weights, r);
  }

  double loss = 0, weighted = 0;
  unsigned correct = 0;
  // All threads make the same number of passes, because softmax_row needs whole warps.
  for (int start = 0; start < valid; start += kRowSlots) {
    const int b = start + slot;
    const bool is_valid = b < valid;
    const int label = is_valid ? labels[b] : 0;
    const float* row_logits = logits + static_cast<std::size_t>(b) * op.leading;
    const auto row =
        softmax_row<kClassesALane, kWeighted>(row_logits, bias, is_valid ? op.classes : 0, label, lane);
    if (!is_valid) continue;
    loss += row.loss;
    correct += row.argmax == label;
    if constexpr (kWeighted) {
      weighted += weighted_loss(row, smoothing, op.classes, class_weights[label]);
    }
    if (op.keep_probabilities) {
      Fp16* to = write<Fp16>(memory, op.probabilities, r) +
                 (static_cast<std::size_t>(state.cursor) + b) * op.classes;
      for (int j = 0; j < kClassesALane; ++j) {
        const int k = lane + kRowLanes * j;
        if (k < op.classes) to[k] = to_fp16(row.exponential[j] / row.sum);
      }
    }
    if (op.keep_classes && lane == 0) {
      atomicAdd(write<std::uint32_t>(memory, op.confusion, r) + label * op.classes + row.argmax, 1u);
      write<std::uint8_t>(memory, op.predictions, r)[state.cursor + b] =
          static_cast<std::uint8_t>(row.argmax);
    }
  }

  __shared__ SlotSums<kWeighted> slots;
  keep_sums(slots, slot, lane, loss, correct, weighted);
  __syncthreads();
  if (slot == 0 && lane == 0) add_sums(slots, valid, *write<Metrics>(memory, op.metrics, r));
}

template <bool kWeighted, int kClassesALane>
void launch_evaluate(const EvaluateLogits& op, const Memory& memory, Queue& queue) {
  launch_replicas("evaluate_logits", queue, 1, dim3(kRowLanes, kRowSlots), evaluate<kWeighted, kClassesALane>,
                  op, memory);
}

template <bool kWeighted>
void evaluate(const EvaluateLogits& op, const Memory& memory, Queue& queue) {
  if (op.classes <= 16) return launch_evaluate<kWeighted, 1>(op, memory, queue);
  if (op.classes <= 64) return launch_evaluate<kWeighted, 4>(op, memory, queue);
  launch_evaluate<kWeighted, 16>(op, memory, queue);
}

}  // namespace

void execute(const EvaluateLogits& op, const Memory& memory, Queue& queue) {
  check_classes("evaluate_logits", op.classes);
  op.weighted ? evaluate<true>(op, memory, queue) : evaluate<false>(op, memory, queue);
}

}  // namespace gpu_sweep::cuda
