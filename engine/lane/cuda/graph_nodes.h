// Counts the graph nodes that a program's operations turn into.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "engine/lane/lane.h"

namespace gpu_sweep::cuda {

/// Inspects a graph while it is being captured: call `add` after each operation of the first execution.
class NodeCounter {
 public:
  /// `program` is used in messages. The capture of `stream` must be under way and outlast this object.
  NodeCounter(cudaStream_t stream, std::string program);

  /// Attributes the nodes added since the last call to `operation`. Throws std::logic_error for a node that a
  /// replay must not contain: an allocation or a host call.
  void add(const char* operation);

  /// Returns the number of nodes captured so far, and the operations that take more than one node.
  ReplayedNodes nodes() const;

 private:
  std::size_t count() const;

  std::string program_;
  cudaGraph_t graph_ = nullptr;
  std::vector<cudaGraphNode_t> seen_;  // sorted
  std::vector<std::string> several_;
};

}  // namespace gpu_sweep::cuda
