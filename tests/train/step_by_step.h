// A group whose steps run one at a time, so that a test can inspect the effect of each.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/cpu/lane.h"
#include "engine/program/builders.h"
#include "engine/program/group_layout.h"
#include "engine/train/initial_state.h"
#include "engine/train/objective.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep::test {

/// Returns the mean objective of the rows that `after` has counted since `before`.
inline double objective_between(const Metrics& before, Metrics after, const StepExtras& extras) {
  after.loss_sum -= before.loss_sum;
  after.weighted_loss_sum -= before.weighted_loss_sum;
  after.penalty_sum -= before.penalty_sum;
  after.rows -= before.rows;
  return mean_objective(after, extras);
}

class StepByStep {
 public:
  /// Draws the weights from each run's seed. `tuned` is Program::tuned of the steps.
  StepByStep(const Dataset& dataset, const GroupSpec& spec, std::unique_ptr<Lane> lane = make_cpu_lane(),
             bool tuned = false)
      : lane_(std::move(lane)),
        dataset_layout_(dataset_layout(dataset)),
        layout_(group_layout(spec.shape, dataset_layout_, spec.replicas, 64, spec.shuffle,
                             lane_->shuffle_scratch_bytes(spec.replicas, dataset[Split::kTrain].rows))),
        dataset_(lane_->allocate(dataset_layout_.bytes)),
        arena_(lane_->allocate(layout_.arena_bytes)),
        begin_(lane_->compile(build_begin_epoch(layout_), dataset_, arena_, 1)),
        step_(compile_step(tuned)) {
    lane_->clear(arena_);  // removes what compiling left there
    lane_->upload(dataset_, 0, pack(dataset, dataset_layout_));
    upload_initial_state(*lane_, arena_, layout_, spec, {});
  }

  const GroupLayout& layout() const { return layout_; }

  void begin_epoch() { lane_->run(begin_, 1); }
  void step() { lane_->run(step_, 1); }

  /// Returns the whole arena: everything the group has computed, to the last byte.
  std::vector<std::byte> arena() { return fetch<std::byte>({}, layout_.arena_bytes); }

  /// Returns `count` elements of replica `r`'s tensor.
  template <class T>
  std::vector<T> fetch(const Tensor& tensor, std::size_t count, int r = 0) {
    std::vector<T> values(count);
    lane_->download(arena_, tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r),
                    std::as_writable_bytes(std::span(values)));
    lane_->wait();
    return values;
  }

  Metrics metrics(int r = 0) { return fetch<Metrics>(layout_.train_metrics, 1, r)[0]; }
  Weights weights(int r = 0) { return strip(layout_.weights, r); }
  Weights gradient(int r = 0) { return strip(layout_.gradient, r); }

 private:
  CompiledProgram compile_step(bool tuned) {
    Program step = build_train_step(layout_);
    step.tuned = tuned;
    return lane_->compile(step, dataset_, arena_, 1);
  }

  Weights strip(const Tensor& vectors, int r) {
    return strip_weights(fetch<float>(vectors, static_cast<std::size_t>(layout_.parameters.parameters), r),
                         layout_.parameters);
  }

  std::unique_ptr<Lane> lane_;  // before the members that use it
  DatasetLayout dataset_layout_;
  GroupLayout layout_;
  Buffer dataset_;
  Buffer arena_;
  CompiledProgram begin_;
  CompiledProgram step_;
};

}  // namespace gpu_sweep::test
