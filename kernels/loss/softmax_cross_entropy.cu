#include "kernels/common/bf16.h"
#include "kernels/common/launch.cuh"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/loss/softmax_cross_entropy.h"
#include "kernels/loss/softmax_row.cuh"

namespace gpu_sweep::cuda {
namespace {

/// Computes loss, metrics, dlogits and the bias gradient of one replica in one block of 16 threads x 32
/// slots.
///
/// Slot s takes rows s, s + 32, ... in ascending order, then one thread per class sums the 32 slots in
/// ascending order. The order of every sum over rows therefore depends only on B. dlogits may alias f32
/// logits, since a thread writes only elements that no other thread reads.
template <class T, bool kWeighted, int kClassesALane>
__global__ __launch_bounds__(kRowLanes* kRowSlots) void loss_and_gradient(SoftmaxCrossEntropy op,
                                                                          Memory memory, int first) {
  const int r = replica_of_block(first);
  const int lane = threadIdx.x;
  const int slot = threadIdx.y;
  const float* logits = read<float>(memory, op.logits, r);
  const float* bias = read<float>(memory, op.bias, r);
  const std::uint8_t* labels = read<std::uint8_t>(memory, op.labels, r);
  T* dlogits = write<T>(memory, op.dlogits, r);
  const int valid = valid_rows(*read<StepState>(memory, op.state, 0), op.batch, op.rows);
  const float per_row = 1.0f / static_cast<float>(valid);
  float smoothing = 0.0f, label_target = 1.0f, other_target = 0.0f;
  const float* class_weights = nullptr;
  if constexpr (kWeighted) {
    smoothing = read<ReplicaState>(memory, op.replica_state, r)->label_smoothing;
    other_target = smoothing / static_cast<float>(op.classes);
    label_target = 1.0f - smoothing + other_target;
    class_weights = read<float>(memory, op.class_weights, r);
  }

  double loss = 0, weighted = 0;
  unsigned correct = 0;
  float class_sum[kClassesALane] = {};
  // All threads make the same number of passes, because softmax_row needs whole warps.
  for (int start = 0; start < op.batch; start += kRowSlots) {
    const int b = start + slot;
    const bool is_valid = b < valid;
    const int label = is_valid ? labels[b] : 0;
    const std::size_t at = static_cast<std::size_t>(b) * op.leading;
    const auto row =
        softmax_row<kClassesALane, kWeighted>(logits + at, bias, is_valid ? op.classes : 0, label, lane);
    if (is_valid) {
      loss += row.loss;
      correct += row.argmax == label;
      if constexpr (kWeighted) {
        weighted += weighted_loss(row, smoothing, op.classes, class_weights[label]);
      }
    }
    if (b >= op.batch) continue;
    const float inverse = 1.0f / row.sum;
    float weight = per_row;
    if constexpr (kWeighted) weight *= class_weights[label];
    for (int j = 0; j < kClassesALane; ++j) {
      const int k = lane + kRowLanes * j;
      if (k >= op.classes) break;
      const float gradient =
          is_valid ? (row.exponential[j] * inverse - (k == label ? label_target : other_target)) * weight
                   : 0.0f;
      dlogits[at + k] = from_float<T>(gradient);
      class_sum[j] += gradient;
    }
    for (int k = op.classes + lane; k < op.leading; k += kRowLanes) dlogits[at + k] = T{};
  }

  constexpr int kPitch = kRowLanes * kClassesALane;
  __shared__ float sums[kRowSlots * kPitch];
  __shared__ SlotSums<kWeighted> slots;
  for (int j = 0; j < kClassesALane; ++j) sums[slot * kPitch + lane + kRowLanes * j] = class_sum[j];
  keep_sums(slots, slot, lane, loss, correct, weighted);
  __syncthreads();
  const int thread = slot * kRowLanes + lane;
  float* bias_gradient = write<float>(memory, op.bias_gradient, r);
  for (int k = thread; k < op.leading; k += kRowLanes * kRowSlots) {
    bias_gradient[k] = k < op.classes ? strided_sum(sums + k, kRowSlots, kPitch) : 0.0f;
  }
  if (thread == 0) add_sums(slots, valid, *write<Metrics>(memory, op.metrics, r));
}

template <class T, bool kWeighted, int kClassesALane>
void launch_loss(const SoftmaxCrossEntropy& op, const Memory& memory, Queue& queue) {
  launch_replicas("softmax_cross_entropy", queue, 1, dim3(kRowLanes, kRowSlots),
                  loss_and_gradient<T, kWeighted, kClassesALane>, op, memory);
}

template <class T, bool kWeighted>
void loss_and_gradient(const SoftmaxCrossEntropy& op, const Memory& memory, Queue& queue) {
  if (op.classes <= 16) return launch_loss<T, kWeighted, 1>(op, memory, queue);
  if (op.classes <= 64) return launch_loss<T, kWeighted, 4>(op, memory, queue);
  launch_loss<T, kWeighted, 16>(op, memory, queue);
}

}  // namespace

void execute(const SoftmaxCrossEntropy& op, const Memory& memory, Queue& queue) {
  check_classes("softmax_cross_entropy", op.classes);
  if (op.weighted) {
    op.type == DType::kBf16 ? loss_and_gradient<Bf16, true>(op, memory, queue)
                            : loss_and_gradient<float, true>(op, memory, queue);
  } else {
    op.type == DType::kBf16 ? loss_and_gradient<Bf16, false>(op, memory, queue)
                            : loss_and_gradient<float, false>(op, memory, queue);
  }
}

}  // namespace gpu_sweep::cuda
