// A few steps of a group, for a check before it is trained: two seeds in turn on a few rows of the data.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/builders.h"
#include "engine/program/group_layout.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// `steps` batches of the training set, the last of them half full where the set is large enough; of the
/// other sets no more rows than that.
Dataset trial_rows(const Dataset& dataset, int batch, int steps);

/// `group` with its R replicas, shape, activation and optimiser. Replica r has seed r mod 2, counted from the
/// first run's; even ones drop a quarter of their activations, odd ones none. The optimiser has its default
/// settings (an experiment may well ask for a learning rate with which no two devices agree), and SGD
/// momentum 0.9.
GroupSpec trial_of(const GroupSpec& group);

/// The same with tanh and SGD: smooth, so that rounding does not grow. Relu's kink makes single gradients
/// jump, and Adam and RMSprop divide small gradients by their own magnitude. Its arena is no larger than the
/// group's.
GroupSpec smooth_trial_of(const GroupSpec& group);

/// The memory of a trial on a lane. Compile every program before `start`.
class Trial {
 public:
  /// `rows` as trial_rows gives them. Throws OutOfMemory. `lane` must outlive the trial.
  Trial(Lane& lane, const Dataset& rows, const GroupSpec& trial);

  const GroupLayout& layout() const { return layout_; }
  const std::vector<std::byte>& dataset() const { return dataset_bytes_; }
  int steps_an_epoch() const;

  CompiledProgram compile(const Program& program) { return lane_.compile(program, dataset_, arena_, 1); }

  /// Clears the arena and uploads weights and scalars of every replica.
  void start();

  void run(const CompiledProgram& program) { lane_.run(program, 1); }

  void download(std::span<const Part> parts) { lane_.download(arena_, parts); }
  void upload(std::uint64_t offset, std::span<const std::byte> from) { lane_.upload(arena_, offset, from); }
  void wait() { lane_.wait(); }

  /// `count` elements of replica `r`'s tensor.
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
