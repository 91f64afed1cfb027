// Log-softmax of one row of the output layer by 16 neighboring threads of a warp. Shared by training and
// evaluation.
#pragma once

#include <cmath>
#include <stdexcept>
#include <string>

#include "kernels/common/reduce.cuh"
#include "kernels/common/step_state.h"
#include "kernels/loss/most_classes.h"
#include "kernels/loss/objective_math.h"

namespace gpu_sweep::cuda {

constexpr int kRowLanes = 16;  // threads per row
constexpr int kRowSlots = 32;  // rows that a block processes at once: slot s takes rows s, s + 32, ...

/// A thread's part of its row: exp(l - max l) of the thread's classes lane, lane + 16, ..., and the results
/// of the whole row.
template <int kClassesALane>
struct SoftmaxRow {
  float exponential[kClassesALane];
  float sum;          ///< of all exponentials
  float loss;         ///< -log softmax(l)[label]
  int argmax;         ///< lowest class on ties
  float label_logit;  ///< l[label] - max l
  float logits_sum;   ///< sum over the classes of l - max l; set only if kWithLogitsSum
};

/// Stable log-softmax of l = logits + bias over `classes` <= 16 * kClassesALane classes. The whole warp must
/// call this. Threads without a row pass 0 classes and ignore the result. Fills `logits_sum` only if
/// kWithLogitsSum.
template <int kClassesALane, bool kWithLogitsSum = false>
__device__ inline SoftmaxRow<kClassesALane> softmax_row(const float* logits, const float* bias, int classes,
                                                        int label, int lane) {
  float l[kClassesALane];
  Highest highest = {-INFINITY, lane};
  float label_logit = 0;
  for (int j = 0; j < kClassesALane; ++j) {
    const int k = lane + kRowLanes * j;
    l[j] = k < classes ? logits[k] + bias[k] : -INFINITY;
    if (l[j] > highest.value) highest = {l[j], k};
    if (k == label) label_logit = l[j];
  }
  highest = lanes_highest<kRowLanes>(highest);
  label_logit = lanes_sum<kRowLanes>(label_logit);  // the other threads add 0

  SoftmaxRow<kClassesALane> row;
  float sum = 0;
  for (int j = 0; j < kClassesALane; ++j) {
    row.exponential[j] = expf(l[j] - highest.value);
    sum += row.exponential[j];
  }
  row.sum = lanes_sum<kRowLanes>(sum);
  row.label_logit = label_logit - highest.value;
  row.loss = logf(row.sum) - row.label_logit;
  row.argmax = highest.index;
  if constexpr (kWithLogitsSum) {
    float logits_sum = 0;
    for (int j = 0; j < kClassesALane; ++j) {
      if (lane + kRowLanes * j < classes) logits_sum += l[j] - highest.value;
    }
    row.logits_sum = lanes_sum<kRowLanes>(logits_sum);
  }
  return row;
}

/// Returns the weighted, smoothed cross-entropy of a row, whose logits_sum must have been filled. `weight` is
/// the weight of the label's class.
template <int kClassesALane>
__device__ inline float weighted_loss(const SoftmaxRow<kClassesALane>& row, float smoothing, int classes,
                                      float weight) {
  return weight * (logf(row.sum) - smoothed_logit(row.label_logit, row.logits_sum, smoothing, classes));
}

/// Throws std::invalid_argument, naming `op`, unless `classes` is in 1..kMostClasses.
inline void check_classes(const char* op, int classes) {
  if (classes < 1 || classes > kMostClasses) {
    throw std::invalid_argument(std::string(op) + ": " + std::to_string(classes) +
                                " classes, expected 1 to " + std::to_string(kMostClasses));
  }
}

/// The sums of a block over its rows, separate for each slot, in shared memory.
template <bool kWeighted>
struct SlotSums {
  double loss[kRowSlots];
  unsigned correct[kRowSlots];
  double weighted_loss[kWeighted ? kRowSlots : 1];
};

/// Stores a slot's sums. All threads of a slot have the same sums, so only the first one writes them.
template <bool kWeighted>
__device__ inline void keep_sums(SlotSums<kWeighted>& slots, int slot, int lane, double loss,
                                 unsigned correct, double weighted_loss) {
  if (lane != 0) return;
  slots.loss[slot] = loss;
  slots.correct[slot] = correct;
  if constexpr (kWeighted) slots.weighted_loss[slot] = weighted_loss;
}

/// Adds the slots in ascending order to `metrics`. One thread calls this, after a barrier.
template <bool kWeighted>
__device__ inline void add_sums(const SlotSums<kWeighted>& slots, int valid, Metrics& metrics) {
  metrics.loss_sum += strided_sum(slots.loss, kRowSlots, 1);
  metrics.correct += strided_sum(slots.correct, kRowSlots, 1);
  metrics.rows += static_cast<std::uint64_t>(valid);
  if constexpr (kWeighted) metrics.weighted_loss_sum += strided_sum(slots.weighted_loss, kRowSlots, 1);
}

}  // namespace gpu_sweep::cuda
