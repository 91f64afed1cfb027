// A group on a lane. Its operations can be run one by one, and its whole memory can be inspected.
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
  /// Allocates the memory of the group, and draws the weights of each run from the run's seed. `lane` must
  /// outlive the workbench.
  Workbench(Lane& lane, const Dataset& dataset, const GroupSpec& group, int evaluation_batch);

  const GroupLayout& layout() const { return layout_; }

  /// Runs `program` once, on the current contents of the arena.
  void run(const Program& program);

  /// Runs a program that consists of `op` alone and otherwise equals `program`.
  void run_alone(const Program& program, const Op& op);

  /// Runs the start of an epoch, followed by `count` steps.
  void train(int count);

  /// Returns the nodes of the graph into which `program` is compiled.
  ReplayedNodes nodes(const Program& program) { return compile(program).nodes(); }

  /// Returns the mean wall time, in seconds, of `count` steps on the same batch, after one warm-up step. To
  /// stay on the same batch, it leaves out the last operation of `step`, which advances to the next batch.
  double seconds_per_step(const Program& step, int count);

  std::vector<std::byte> arena();
  const std::vector<std::byte>& dataset() const { return dataset_bytes_; }

  /// Downloads `count` elements of a tensor of replica `r`.
  template <class T>
  std::vector<T> fetch(const Tensor& tensor, std::size_t count, int r) {
    std::vector<T> values(count);
    download(tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r),
             std::as_writable_bytes(std::span(values)));
    return values;
  }

 private:
  /// Compiles `program` without changing the contents of the arena.
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
