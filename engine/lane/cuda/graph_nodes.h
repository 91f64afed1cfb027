// Counts the graph nodes into which a program's operations are captured.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "engine/lane/lane.h"

namespace gpu_sweep::cuda {

/// Inspects a graph while it is being captured. Call `add` after each operation of the first execution.
class NodeCounter {
 public:
  /// `program` is the name used in messages. The capture of `stream` must have begun and must outlast this
  /// object.
  NodeCounter(cudaStream_t stream, std::string program);

  /// Counts the nodes that were added since the last call as nodes of `operation`. Throws std::logic_error
  /// for a node that a replay must not contain: an allocation or a call of a host function.
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
