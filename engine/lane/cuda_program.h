// A program bound to its memory on a CUDA device: a graph of several executions, or its operations one by
// one.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/cuda_device.h"
#include "engine/lane/cuda_handles.h"
#include "engine/program/program.h"

namespace gpu_sweep::cuda {

class CudaProgram {
 public:
  /// Throws Error(kDevice) for bf16 products where the device has none. TF32 means fp32 where it has none.
  CudaProgram(const Device& device, const Program& program, const Memory& memory, int repeats);
  ~CudaProgram();
  CudaProgram(const CudaProgram&) = delete;
  CudaProgram& operator=(const CudaProgram&) = delete;

  /// Runs the operations once on other memory, waiting after each, so that everything which loads at first
  /// use (kernels, cuBLAS) is there before a capture. Throws CudaError naming the operation that failed.
  void warm_up(const Memory& scratch, Queue& queue) const;

  /// Captures `repeats` executions into one graph. Throws std::logic_error for a graph that allocates or
  /// calls the host.
  void capture(Queue& queue);

  /// Queues `repeats` executions: the graph if captured, else op by op with a wait after each.
  void run(Queue& queue) const;

  const std::string& name() const { return name_; }

  /// Nodes of the captured graph: kernels, copies and fills. An operation is one node, but for the shuffle's
  /// sort and for what cuBLAS adds (the split of a long sum, say).
  int nodes() const { return nodes_; }

 private:
  void run_op_by_op(const Memory& memory, Queue& queue) const;

  int ordinal_;
  std::string name_;
  std::string range_;  // "train_step x14"
  std::vector<Op> ops_;
  Memory memory_;
  int repeats_;
  GraphExec graph_;
  int nodes_ = 0;
};

}  // namespace gpu_sweep::cuda
