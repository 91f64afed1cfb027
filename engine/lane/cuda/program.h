// A program bound to its memory on a CUDA device. It runs either as a graph of several executions or
// operation by operation.
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
  /// Throws Error(kDevice) if the program has bf16 products and the device does not support them. On a device
  /// without TF32, products that ask for TF32 are computed in fp32.
  CudaProgram(DevicePointer device, const Program& program, const Memory& memory, int repeats);

  /// First executes the operations once, because kernels and cuBLAS load code at their first use. Then
  /// captures `repeats` executions into one graph, and allocates the device memory of the graph. Throws
  /// CudaError with the name of the operation or of the CUDA call that failed. Throws std::logic_error if the
  /// graph allocates memory or calls the host.
  void capture(Queue& queue);

  /// Queues `repeats` executions. If a graph was captured, launches it; otherwise runs operation by
  /// operation, with a wait after each.
  void run(Queue& queue) const;

  const std::string& name() const { return name_; }

  /// Returns the nodes of the captured graph. An execution of an operation is one node. Exceptions are
  /// Shuffle, operations on more than 65,535 replicas (launch_replicas), and products to which cuBLAS adds
  /// nodes, for example to split a long sum.
  const ReplayedNodes& nodes() const { return nodes_; }

 private:
  void run_op_by_op(Queue& queue) const;
  void record(Queue& queue);

  DevicePointer device_;
  std::string name_;
  std::string range_;  // the name and the number of repeats: "train_step x14"
  std::vector<Op> ops_;
  Memory memory_;
  int repeats_;
  GraphExec graph_;
  ReplayedNodes nodes_;
};

}  // namespace gpu_sweep::cuda
