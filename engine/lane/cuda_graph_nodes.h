// Which nodes the operations of a program become in a graph.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "engine/lane/lane.h"

namespace gpu_sweep::cuda {

/// Looks at a graph while it is being captured, after each operation.
class NodeCounter {
 public:
  /// `program` is for messages. The capture of `stream` must be under way and last as long as this.
  NodeCounter(cudaStream_t stream, std::string program);

  /// Counts the nodes that came since the last call as those of `operation`. Throws std::logic_error for one
  /// that a replay must not contain: an allocation or a call of the host.
  void add(const char* operation);

  const ReplayedNodes& nodes() const { return nodes_; }

 private:
  std::string program_;
  cudaGraph_t graph_ = nullptr;
  std::vector<cudaGraphNode_t> seen_;  // sorted
  ReplayedNodes nodes_;
};

}  // namespace gpu_sweep::cuda
