// A few steps of a group, used to check it before its training. The replicas alternate between two seeds, and
// train on a few rows of the data.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/builders.h"
#include "engine/program/group_layout.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Returns a small data set. It has the rows of `steps` training batches, the last of which is half full if
/// the split is large enough. The other splits have at most as many rows. Floats are scaled below 1 by a
/// power of two, because with large inputs the results of correct devices might differ, too.
Dataset trial_rows(const Dataset& dataset, int batch, int steps);

/// Returns a trial with the replicas, shape, activation and optimizer of `group`. The seed of replica r is
/// the seed of the first run plus r mod 2, and all random draws of the replica follow it. Even replicas drop
/// a quarter of their activations, odd replicas drop none.
/// The optimizer has its default settings, because with an experiment's learning rate the results of correct
/// devices might differ, too; SGD has momentum 0.9. Clipping, weight decay, the L2 penalty and label
/// smoothing have values of the trial's own, so far as the group's StepExtras permit them. Schedule and class
/// weights are those of the first run.
GroupSpec trial_of(const GroupSpec& group);

/// Returns trial_of(group) with tanh and SGD. Both are smooth, so that rounding errors do not grow. (At
/// relu's kink, a small error can change a gradient a lot; Adam and RMSprop divide small gradients by their
/// own magnitude.) The arena of this trial is not larger than the group's arena.
GroupSpec smooth_trial_of(const GroupSpec& group);

/// The memory of a trial on a lane. All programs must be compiled before `start` is called.
class Trial {
 public:
  /// `rows` must come from trial_rows. Throws OutOfMemory. `lane` must outlive the trial.
  Trial(Lane& lane, const Dataset& rows, const GroupSpec& trial);

  const GroupLayout& layout() const { return layout_; }
  const std::vector<std::byte>& dataset() const { return dataset_bytes_; }
  int steps_per_epoch() const;

  CompiledProgram compile(const Program& program) { return lane_.compile(program, dataset_, arena_, 1); }

  /// Clears the arena, and uploads the weights and scalars of every replica.
  void start();

  void run(const CompiledProgram& program) { lane_.run(program, 1); }

  void download(std::span<const Part> parts) { lane_.download(arena_, parts); }
  void upload(std::uint64_t offset, std::span<const std::byte> from) { lane_.upload(arena_, offset, from); }
  void wait() { lane_.wait(); }

  /// Downloads `count` elements of a tensor of replica `r`.
  template <class T>
  std::vector<T> fetch(const Tensor& tensor, std::size_t count, int r) {
    std::vector<T> values(count);
    const Part part = {tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r),
                       std::as_writable_bytes(std::span(values))};
    download(std::span(&part, 1));
    return values;
  }

 private:
  Lane& lane_;
  GroupSpec trial_;
  DatasetLayout dataset_layout_;
  GroupLayout layout_;
  std::vector<std::byte> dataset_bytes_;
  Buffer dataset_;
  Buffer arena_;
};

}  // namespace gpu_sweep
