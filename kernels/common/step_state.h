// State that varies between steps or between replicas. It lives in the arena of a group (tensor.h) and
// is advanced by operations on the device. Because nothing varies on the host between two executions of a
// step, one captured CUDA graph serves the whole training.
#pragma once

#include <cstdint>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// The position in a pass over the rows of a split, and counts of steps and epochs. Shape [1]: all replicas
/// of a group share it. With valid = min(B, N - cursor), a batch holds rows cursor .. cursor + valid - 1.
struct StepState {
  std::uint32_t step = 0;    ///< optimizer steps completed, over all epochs
  std::uint32_t epoch = 0;   ///< epochs begun: 1 during the first epoch
  std::uint32_t cursor = 0;  ///< first row of the current batch
  std::uint32_t reserved = 0;
};
static_assert(sizeof(StepState) == 16);

/// Returns the number of rows of the current batch that hold samples: min(B, N - cursor).
GPU_SWEEP_HOST_DEVICE int valid_rows(const StepState& state, int batch, int rows) {
  const int left = rows - static_cast<int>(state.cursor);
  return left < batch ? left : batch;
}

enum class ScheduleKind : std::uint32_t;  // gpu_sweep/schedule.h

/// The schedule of a run's learning rate. Times are in optimizer steps (schedule_math.h has the formulas).
/// The words before a colon name the kinds of schedule that read a member.
struct ScheduleState {
  double base_rate = 0;      ///< the learning rate that the schedule multiplies; reduce_on_plateau lowers it
  double factor = 0;         ///< step, exponential: factor of the rate per `every` steps
  double every = 0;          ///< step, exponential: number of steps
  double final_factor = 0;   ///< cosine: the last rate, as a part of base_rate
  double total = 0;          ///< cosine: steps of the whole training
  std::uint32_t warmup = 0;  ///< steps in which the rate rises
  ScheduleKind kind{};
};
static_assert(sizeof(ScheduleState) == 48);

/// All scalars that may differ between the replicas of a group. Shape [R].
struct ReplicaState {
  std::uint64_t order_seed = 0;    ///< Philox key of the order of the rows
  std::uint64_t dropout_seed = 0;  ///< Philox key of the dropout masks
  double beta1_power = 0;          ///< beta1^t of the next step, t counted from 1
  double beta2_power = 0;          ///< beta2^t of the next step
  double learning_rate = 0;        ///< of the next step
  double beta1 = 0;           ///< Adam, AdamW; betas are double, as 1 - 0.999f has a relative error of 1e-5
  double beta2 = 0;           ///< Adam, AdamW
  double rho = 0;             ///< RMSprop
  double weight_decay = 0;    ///< AdamW; others only if Update::adjusted
  ScheduleState schedule;     ///< read if the learning rate has one
  std::uint32_t steps = 0;    ///< optimizer steps completed, counted if the learning rate has a schedule
  float label_smoothing = 0;  ///< read if the loss is weighted
  float step_size = 0;        ///< factor of the update: alpha_t (Adam, AdamW) or learning rate
  float dropout_rate = 0;
  float epsilon = 0;   ///< Adam, AdamW, RMSprop
  float momentum = 0;  ///< SGD, Nesterov
  // The following scalars are read only in groups with Update::adjusted.
  float l2 = 0;
  float gradient_clip_value = 0;  ///< 0: no limit
  float gradient_clip_norm = 0;   ///< 0: no limit
  float gradient_scale = 1;       ///< factor of this step's gradients (GradientNorm)
  std::uint32_t stopped = 0;      ///< 1: the run has ended, and updates skip the replica
  std::uint32_t reserved = 0;
};
static_assert(sizeof(ReplicaState) == 168);

/// Sums over the rows of a pass, to which each batch adds. Shape [R].
struct Metrics {
  double loss_sum = 0;        ///< sum of the rows' cross-entropies, natural logarithm
  std::uint64_t correct = 0;  ///< rows whose highest logit (lowest class on ties) is the label
  std::uint64_t rows = 0;     ///< rows seen
  /// Sum of the rows' weighted, smoothed cross-entropies, if the loss is weighted.
  double weighted_loss_sum = 0;
  double penalty_sum = 0;  ///< sum over the rows of the L2 penalty, if weights are penalized
};
static_assert(sizeof(Metrics) == 40);

}  // namespace gpu_sweep
