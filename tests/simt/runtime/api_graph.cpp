// The functions cudaGraph*.
#include <cuda_runtime_api.h>

#include <algorithm>

#include "tests/simt/runtime/device.h"

using simt::device;
using simt::result;

namespace {

constexpr std::size_t kBytesANode = 512;

/// Allocates the device memory that a graph needs before it can run, unless the graph already has this
/// memory.
cudaError_t upload(simt::Executable& executable, int index) {
  if (executable.memory != nullptr || executable.nodes.empty()) return cudaSuccess;
  executable.memory = device().memory.allocate(kBytesANode * executable.nodes.size(), index);
  return executable.memory != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}

}  // namespace

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count) {
  const std::lock_guard lock(device().mutex);
  if (!device().graphs.contains(graph)) return result(cudaErrorInvalidValue);
  if (nodes != nullptr) {
    const std::size_t given = std::min(*count, graph->handles.size());
    for (std::size_t i = 0; i < given; ++i) nodes[i] = &graph->handles[i];
  }
  *count = graph->handles.size();
  return result(cudaSuccess);
}

cudaError_t cudaGraphNodeGetType(cudaGraphNode_t node, cudaGraphNodeType* type) {
  const std::lock_guard lock(device().mutex);
  *type = node->work->type;
  return result(cudaSuccess);
}

/// As on hardware, this call fails for kernels that belong to other libraries.
cudaError_t cudaGraphKernelNodeGetParams(cudaGraphNode_t node, cudaKernelNodeParams* parameters) {
  const std::lock_guard lock(device().mutex);
  if (node->work->type != cudaGraphNodeTypeKernel) return result(cudaErrorInvalidValue);
  if (node->work->function == nullptr) return result(cudaErrorInvalidDeviceFunction);
  *parameters = {};
  parameters->func = const_cast<void*>(node->work->function);
  return result(cudaSuccess);
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags) {
  const std::lock_guard lock(device().mutex);
  if (flags != 0) return result(cudaErrorNotSupported);
  if (const cudaError_t error = device().check_not_capturing("cudaGraphInstantiate")) return result(error);
  if (!device().graphs.contains(graph)) return result(cudaErrorInvalidValue);
  auto made = std::make_unique<CUgraphExec_st>();
  made->executable->nodes = graph->nodes;
  *executable = made.release();
  device().executables.insert(*executable);
  return result(cudaSuccess);
}

cudaError_t cudaGraphUpload(cudaGraphExec_t executable, cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (!device().executables.contains(executable)) return result(cudaErrorInvalidValue);
  if (const cudaError_t error = device().check_stream(stream, "cudaGraphUpload")) return result(error);
  if (const cudaError_t error = device().check_not_capturing("cudaGraphUpload")) return result(error);
  return result(upload(*executable->executable, stream->device));
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (!device().executables.contains(executable)) return result(cudaErrorInvalidValue);
  if (const cudaError_t error = device().check_stream(stream, "cudaGraphLaunch")) return result(error);
  if (device().capturing(stream)) return result(device().check_not_capturing("cudaGraphLaunch"));
  if (const cudaError_t error = upload(*executable->executable, stream->device)) return result(error);
  if (device().violations.sticky() == cudaSuccess) {
    simt::QueueItem item;
    item.graph = executable->executable;
    device().enqueue(stream, std::move(item));
  }
  return result(cudaSuccess);
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaGraphExecDestroy")) return result(error);
  if (device().executables.erase(executable) == 0) return result(cudaErrorInvalidValue);
  if (executable->executable->memory != nullptr) device().memory.release(executable->executable->memory);
  delete executable;
  return result(cudaSuccess);
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  const std::lock_guard lock(device().mutex);
  if (device().graphs.erase(graph) == 0) return result(cudaErrorInvalidValue);
  delete graph;
  return result(cudaSuccess);
}
