// A group on a lane, whose operations can be run one by one and whose memory can be inspected as a whole.
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

class Workbench {
 public:
  /// Allocates the group's memory and draws the weights from each run's seed. `lane` must outlive the
  /// workbench.
  Workbench(Lane& lane, const Dataset& dataset, const GroupSpec& group, int evaluation_batch);

  const GroupLayout& layout() const { return layout_; }

  /// Runs `program` once, on the current contents of the arena.
  void run(const Program& program);

  /// Runs `op` as the only operation of a program that otherwise equals `program`.
  void run_alone(const Program& program, const Op& op);

  /// Runs the start of an epoch and `count` steps.
  void train(int count);

  /// Returns the nodes of the graph that `program` is compiled to.
  ReplayedNodes nodes(const Program& program) { return compile(program).nodes(); }

  /// Returns the mean wall time in seconds of `count` steps on the same batch, after one warm-up step. Omits
  /// the last operation of `step`, which is the advance to the next batch.
  double seconds_per_step(const Program& step, int count);

  std::vector<std::byte> arena();
  const std::vector<std::byte>& dataset() const { return dataset_bytes_; }

  /// Downloads `count` elements of replica `r`'s tensor.
  template <class T>
  std::vector<T> fetch(const Tensor& tensor, std::size_t count, int r) {
    std::vector<T> values(count);
    download(tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r),
             std::as_writable_bytes(std::span(values)));
    return values;
  }

 private:
  /// Compiles `program`, leaving the arena unchanged.
  CompiledProgram compile(const Program& program);
  void download(std::uint64_t offset, std::span<std::byte> to);

  Lane& lane_;
  DatasetLayout dataset_layout_;
  GroupLayout layout_;
  std::vector<std::byte> dataset_bytes_;
  Buffer dataset_;
  Buffer arena_;
};

}  // namespace gpu_sweep
