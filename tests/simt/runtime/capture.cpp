// Capture of streams into graphs, and the check by which other calls fail during a capture.
#include <cuda_runtime_api.h>

#include "tests/simt/runtime/device.h"

namespace simt {

namespace {

/// Returns the mode that cudaThreadExchangeStreamCaptureMode last set in this host thread.
cudaStreamCaptureMode& thread_mode() {
  thread_local cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  return mode;
}

}  // namespace

bool Device::capturing(cudaStream_t stream) const { return stream->capture != nullptr; }

cudaError_t Device::check_stream(cudaStream_t stream, const char* call) {
  if (stream == nullptr) {
    violations.report(std::string(call) + " on the default stream");
    check_not_capturing(call);
    return cudaErrorInvalidResourceHandle;
  }
  return streams.contains(stream) ? cudaSuccess : cudaErrorInvalidResourceHandle;
}

cudaError_t Device::check_current(cudaStream_t stream, const char* call) {
  if (stream->device == current_device()) return cudaSuccess;
  violations.report(std::string(call) + " on a stream of device " + std::to_string(stream->device) +
                    " while device " + std::to_string(current_device()) + " is current");
  return cudaErrorInvalidResourceHandle;
}

/// Refuses a call while a stream of this thread's current device is being captured, whatever thread began the
/// capture, unless the capture or the calling thread is in relaxed mode. The first such capture becomes
/// invalid. This is stricter than CUDA's documentation.
cudaError_t Device::check_not_capturing(const char* call) {
  if (thread_mode() == cudaStreamCaptureModeRelaxed) return cudaSuccess;
  for (const cudaStream_t stream : streams) {
    if (!capturing(stream) || stream->capture->mode == cudaStreamCaptureModeRelaxed) continue;
    if (stream->device != current_device()) continue;  // a capture on another device is not affected
    stream->capture->invalidated = true;
    violations.report(std::string(call) + " while a stream is being captured");
    return cudaErrorStreamCaptureUnsupported;
  }
  return cudaSuccess;
}

void Device::add_node(cudaStream_t stream, WorkPointer work) {
  CUgraph_st& graph = *stream->capture->graph;
  graph.handles.push_back({work});
  graph.nodes.push_back({std::move(work), stream->last_nodes});
  stream->last_nodes = {graph.nodes.size() - 1};
}

}  // namespace simt

using simt::device;
using simt::result;

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  const std::lock_guard lock(device().mutex);
  std::swap(*mode, simt::thread_mode());
  return result(cudaSuccess);
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaStreamBeginCapture")) return result(error);
  if (const cudaError_t error = device().check_current(stream, "cudaStreamBeginCapture"))
    return result(error);
  if (device().capturing(stream)) return result(cudaErrorInvalidValue);
  stream->capture = std::make_shared<simt::Capture>();
  stream->capture->mode = mode;
  stream->capture->thread = std::this_thread::get_id();
  stream->capture->origin = stream;
  device().graphs.insert(stream->capture->graph.get());
  stream->last_nodes.clear();
  return result(cudaSuccess);
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaStreamIsCapturing")) return result(error);
  *status = !device().capturing(stream)    ? cudaStreamCaptureStatusNone
            : stream->capture->invalidated ? cudaStreamCaptureStatusInvalidated
                                           : cudaStreamCaptureStatusActive;
  return result(cudaSuccess);
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const std::lock_guard lock(device().mutex);
  *graph = nullptr;
  if (const cudaError_t error = device().check_stream(stream, "cudaStreamEndCapture")) return result(error);
  const std::shared_ptr<simt::Capture> capture = stream->capture;
  if (capture == nullptr) return result(cudaErrorInvalidValue);
  if (capture->origin != stream) return result(cudaErrorStreamCaptureUnmatched);
  if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != std::this_thread::get_id()) {
    return result(cudaErrorStreamCaptureWrongThread);
  }
  // Every stream that the capture includes must have been joined, which means that its last nodes have
  // successors.
  const simt::GraphNodes& nodes = capture->graph->nodes;
  std::vector<bool> followed(nodes.size(), false);
  for (const simt::GraphNode& node : nodes) {
    for (const std::size_t before : node.after) followed[before] = true;
  }
  for (const std::size_t node : stream->last_nodes) followed[node] = true;
  bool joined = true;
  for (const bool node : followed) joined = joined && node;
  for (const cudaStream_t other : device().streams) {
    if (other->capture == capture) {
      other->capture.reset();
      other->last_nodes.clear();
    }
  }
  if (capture->invalidated || !joined) {
    device().graphs.erase(capture->graph.get());
    return result(capture->invalidated ? cudaErrorStreamCaptureInvalidated : cudaErrorStreamCaptureUnjoined);
  }
  *graph = capture->graph.release();
  return result(cudaSuccess);
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                     unsigned long long* id, cudaGraph_t* graph) {
  if (const cudaError_t error = cudaStreamIsCapturing(stream, status)) return error;
  const std::lock_guard lock(device().mutex);
  if (id != nullptr) *id = 0;
  if (graph != nullptr) *graph = device().capturing(stream) ? stream->capture->graph.get() : nullptr;
  return result(cudaSuccess);
}
