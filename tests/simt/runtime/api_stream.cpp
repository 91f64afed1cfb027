// The functions cudaStream* and cudaEvent*, except for captures.
#include <cuda_runtime_api.h>

#include "tests/simt/runtime/device.h"

using simt::device;
using simt::result;

namespace {

/// Executes queued work until `stream` is empty. If the stream belongs to a capture, invalidates the capture
/// and returns an error instead.
cudaError_t drain(cudaStream_t stream, const char* call) {
  if (const cudaError_t error = device().check_stream(stream, call)) return error;
  if (device().capturing(stream)) return device().check_not_capturing(call);
  device().run_until([stream] { return stream->queue.empty(); });
  return cudaSuccess;
}

bool complete(const simt::EventState& state) { return state.completed >= state.recorded; }

}  // namespace

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  const std::lock_guard lock(device().mutex);
  if (flags != cudaStreamNonBlocking) {
    device().violations.report("a stream is created blocking: it would wait for the default stream");
    return result(cudaErrorInvalidValue);
  }
  if (const cudaError_t error = device().check_not_capturing("cudaStreamCreate")) return result(error);
  *stream = new CUstream_st;
  (*stream)->device = simt::current_device();
  device().streams.insert(*stream);
  return result(cudaSuccess);
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}

/// As CUDA promises, first completes the work that is still in the stream.
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaStreamDestroy")) return result(error);
  if (const cudaError_t error = drain(stream, "cudaStreamDestroy")) return result(error);
  device().streams.erase(stream);
  delete stream;
  return result(cudaSuccess);
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaStreamSynchronize")) return result(error);
  return result(drain(stream, "cudaStreamSynchronize"));
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaStreamQuery")) return result(error);
  if (device().capturing(stream)) return result(device().check_not_capturing("cudaStreamQuery"));
  device().run_while_asked();
  return stream->queue.empty() ? result(cudaSuccess) : cudaErrorNotReady;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaStreamWaitEvent")) return result(error);
  if (!device().events.contains(event)) return result(cudaErrorInvalidResourceHandle);
  if (event->capture != nullptr) {
    // Either the stream joins the capture of the event, or two branches of this capture join.
    if (stream->capture != nullptr && stream->capture != event->capture)
      return result(cudaErrorStreamCaptureMerge);
    if (stream->capture == nullptr) stream->last_nodes.clear();
    stream->capture = event->capture;
    stream->last_nodes.insert(stream->last_nodes.end(), event->nodes.begin(), event->nodes.end());
    return result(cudaSuccess);
  }
  if (device().capturing(stream)) {
    stream->capture->invalidated = true;
    return result(cudaErrorStreamCaptureIsolation);
  }
  simt::QueueItem item;
  item.wait = event->state;
  item.ticket = event->state->recorded;
  device().enqueue(stream, std::move(item));
  return result(cudaSuccess);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaEventCreate")) return result(error);
  *event = new CUevent_st;
  (*event)->timing = (flags & cudaEventDisableTiming) == 0;
  device().events.insert(*event);
  return result(cudaSuccess);
}

cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, cudaEventDefault); }

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaEventDestroy")) return result(error);
  if (device().events.erase(event) == 0) return result(cudaErrorInvalidResourceHandle);
  delete event;
  return result(cudaSuccess);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaEventRecord")) return result(error);
  if (!device().events.contains(event)) return result(cudaErrorInvalidResourceHandle);
  event->capture = stream->capture;
  event->nodes = stream->last_nodes;
  if (event->capture != nullptr) return result(cudaSuccess);
  simt::QueueItem item;
  item.record = event->state;
  item.ticket = ++event->state->recorded;
  device().enqueue(stream, std::move(item));
  return result(cudaSuccess);
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  const std::lock_guard lock(device().mutex);
  if (!device().events.contains(event)) return result(cudaErrorInvalidResourceHandle);
  if (const cudaError_t error = device().check_not_capturing("cudaEventSynchronize")) return result(error);
  device().run_until([event] { return complete(*event->state); });
  return result(cudaSuccess);
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  const std::lock_guard lock(device().mutex);
  if (!device().events.contains(event)) return result(cudaErrorInvalidResourceHandle);
  if (event->capture != nullptr) return result(device().check_not_capturing("cudaEventQuery"));
  device().run_while_asked();
  return complete(*event->state) ? result(cudaSuccess) : cudaErrorNotReady;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  const std::lock_guard lock(device().mutex);
  if (!device().events.contains(start) || !device().events.contains(end) || !start->timing || !end->timing) {
    return result(cudaErrorInvalidResourceHandle);
  }
  if (start->state->recorded == 0 || end->state->recorded == 0) return result(cudaErrorInvalidResourceHandle);
  if (!complete(*start->state) || !complete(*end->state)) return cudaErrorNotReady;
  *milliseconds = std::chrono::duration<float, std::milli>(end->state->time - start->state->time).count();
  return result(cudaSuccess);
}
