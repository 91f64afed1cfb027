// A program bound to its memory on a CUDA device: a graph of several executions, or its operations one by
// one.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/cuda/device.h"
#include "engine/lane/cuda/handles.h"
#include "engine/lane/lane.h"
#include "engine/program/program.h"

namespace gpu_sweep::cuda {

class CudaProgram : public CompiledProgram::Holder {
 public:
  /// Throws Error(kDevice) for bf16 products if the device does not support them. A device without TF32
  /// computes in fp32 where the program asks for TF32.
  CudaProgram(DevicePointer device, const Program& program, const Memory& memory, int repeats);

  /// Executes the operations once, so that everything that loads at first use (kernels, cuBLAS) is loaded,
  /// then captures `repeats` executions into one graph and allocates the device memory for it. Throws
  /// CudaError naming the operation that failed, and std::logic_error for a graph that allocates memory or
  /// calls the host.
  void capture(Queue& queue);

  /// Queues `repeats` executions: the graph if captured, otherwise op by op with a wait after each.
  void run(Queue& queue) const;

  const std::string& name() const { return name_; }

  /// Each operation is one node, except for the sort of the shuffle and nodes that cuBLAS adds (to split a
  /// long sum, for example).
  const ReplayedNodes& nodes() const { return nodes_; }

 private:
  void run_op_by_op(Queue& queue) const;
  void record(Queue& queue);

  DevicePointer device_;
  std::string name_;
  std::string range_;  // "train_step x14"
  std::vector<Op> ops_;
  Memory memory_;
  int repeats_;
  GraphExec graph_;
  ReplayedNodes nodes_;
};

}  // namespace gpu_sweep::cuda
