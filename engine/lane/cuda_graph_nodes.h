// Which nodes the operations of a program become in a graph.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "engine/lane/lane.h"

namespace gpu_sweep::cuda {

/// Looks at a graph while it is being captured, after each operation of its first execution.
class NodeCounter {
 public:
  /// `program` is for messages. The capture of `stream` must be under way and last as long as this.
  NodeCounter(cudaStream_t stream, std::string program);

  /// Takes the nodes that came since the last call for those of `operation`. Throws std::logic_error for one
  /// that a replay must not contain: an allocation or a call of the host.
  void add(const char* operation);

  /// With the number of all nodes that are there now.
  ReplayedNodes nodes() const;

 private:
  std::size_t count() const;

  std::string program_;
  cudaGraph_t graph_ = nullptr;
  std::vector<cudaGraphNode_t> seen_;  // sorted
  std::vector<std::string> several_;
};

}  // namespace gpu_sweep::cuda
