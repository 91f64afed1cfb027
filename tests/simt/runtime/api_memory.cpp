// cudaMalloc, cudaMemcpy and related functions.
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "tests/simt/runtime/device.h"

using simt::device;
using simt::result;

namespace {

/// Checks the source and destination of a copy, and sets `kind` to its direction.
cudaError_t check_copy(const void* to, const void* from, std::size_t bytes, cudaMemcpyKind& kind) {
  const bool to_device = device().memory.overlaps(to, bytes);
  const bool from_device = device().memory.overlaps(from, bytes);
  const cudaMemcpyKind actual = to_device ? (from_device ? cudaMemcpyDeviceToDevice : cudaMemcpyHostToDevice)
                                          : (from_device ? cudaMemcpyDeviceToHost : cudaMemcpyHostToHost);
  if (kind != cudaMemcpyDefault && kind != actual) return cudaErrorInvalidMemcpyDirection;
  kind = actual;
  for (const auto& [end, is_device] : {std::pair(to, to_device), std::pair(from, from_device)}) {
    if (!is_device || device().memory.contains(end, bytes)) continue;
    device().violations.report("a copy of " + std::to_string(bytes) + " bytes starts at " +
                               device().memory.describe(end) + " and leaves it");
    return cudaErrorInvalidValue;
  }
  return cudaSuccess;
}

cudaError_t submit_memcpy(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  auto work = std::make_shared<simt::Work>();
  work->type = cudaGraphNodeTypeMemcpy;
  work->run = [=] { std::memcpy(to, from, bytes); };
  return device().submit(stream, std::move(work));
}

/// Like submit_memcpy, but reads `from` immediately.
cudaError_t submit_staged(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
  auto work = std::make_shared<simt::Work>();
  work->type = cudaGraphNodeTypeMemcpy;
  const auto* begin = static_cast<const std::byte*>(from);
  work->run = [to, staged = std::vector<std::byte>(begin, begin + bytes)] {
    std::memcpy(to, staged.data(), staged.size());
  };
  return device().submit(stream, std::move(work));
}

cudaError_t submit_fill(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  auto work = std::make_shared<simt::Work>();
  work->type = cudaGraphNodeTypeMemset;
  work->run = [=] { std::memset(to, value, bytes); };
  return device().submit(stream, std::move(work));
}

}  // namespace

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  const std::lock_guard lock(device().mutex);
  *pointer = nullptr;
  if (const cudaError_t error = device().check_not_capturing("cudaMalloc")) return result(error);
  if (device().violations.sticky() != cudaSuccess) return result(cudaSuccess);
  if (bytes != 0) *pointer = device().memory.allocate(bytes, simt::current_device());
  return result(bytes != 0 && *pointer == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

cudaError_t cudaFree(void* pointer) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaFree")) return result(error);
  device().run_all();
  return result(pointer == nullptr || device().memory.release(pointer) ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaHostAlloc(void** pointer, std::size_t bytes, unsigned) {
  const std::lock_guard lock(device().mutex);
  *pointer = nullptr;
  if (const cudaError_t error = device().check_not_capturing("cudaHostAlloc")) return result(error);
  if (device().violations.sticky() != cudaSuccess) return result(cudaSuccess);
  if (bytes == 0) return result(cudaSuccess);
  *pointer = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (*pointer == nullptr) return result(cudaErrorMemoryAllocation);
  std::memset(*pointer, simt::kPoison, bytes);
  device().pinned[*pointer] = bytes;
  return result(cudaSuccess);
}

cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) { return cudaHostAlloc(pointer, bytes, 0); }

cudaError_t cudaFreeHost(void* pointer) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaFreeHost")) return result(error);
  device().run_all();
  if (pointer != nullptr && device().pinned.erase(pointer) == 0) return result(cudaErrorInvalidValue);
  std::free(pointer);
  return result(cudaSuccess);
}

/// Runs in the default stream, so it has no order relative to streams created with cudaStreamNonBlocking. If
/// the source is pageable memory, returns as soon as the bytes are staged; they may reach the device later.
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaMemcpy")) return result(error);
  if (const cudaError_t error = check_copy(to, from, bytes, kind)) return result(error);
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const cudaStream_t line = device().default_stream(device().memory.device_of(to_device ? to : from));
  if (kind == cudaMemcpyHostToDevice && !device().is_pinned(from, bytes)) {
    return result(submit_staged(to, from, bytes, line));
  }
  const cudaError_t error = submit_memcpy(to, from, bytes, line);
  device().run_until([line] { return line->queue.empty(); });
  return result(error);
}

/// Page-locked host memory is read or written when the copy's turn comes; until then, the destination of a
/// download holds poison (a NaN pattern). Pageable memory is read immediately. A copy into pageable memory
/// waits for the stream.
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaMemcpyAsync")) return result(error);
  if (const cudaError_t error = check_copy(to, from, bytes, kind)) return result(error);
  if (bytes == 0) return result(cudaSuccess);
  const void* host = kind == cudaMemcpyHostToDevice ? from : kind == cudaMemcpyDeviceToHost ? to : nullptr;
  const bool pageable = kind == cudaMemcpyHostToHost || (host != nullptr && !device().is_pinned(host, bytes));
  if (!pageable) {
    if (kind == cudaMemcpyDeviceToHost && !device().capturing(stream)) std::memset(to, simt::kPoison, bytes);
    const cudaError_t error = submit_memcpy(to, from, bytes, stream);
    return result(error);
  }
  if (device().capturing(stream)) return result(device().check_not_capturing("a copy of pageable memory"));
  if (kind == cudaMemcpyHostToDevice) return result(submit_staged(to, from, bytes, stream));
  const cudaError_t error = submit_memcpy(to, from, bytes, stream);
  device().run_until([stream] { return stream->queue.empty(); });
  return result(error);
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_stream(stream, "cudaMemsetAsync")) return result(error);
  if (!device().memory.contains(to, bytes)) return result(cudaErrorInvalidValue);
  if (bytes == 0) return result(cudaSuccess);
  return result(submit_fill(to, value, bytes, stream));
}

/// May return before the fill is done.
cudaError_t cudaMemset(void* to, int value, std::size_t bytes) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaMemset")) return result(error);
  if (!device().memory.contains(to, bytes)) return result(cudaErrorInvalidValue);
  return result(submit_fill(to, value, bytes, device().default_stream(device().memory.device_of(to))));
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  const std::lock_guard lock(device().mutex);
  *total_bytes = device().memory.total_bytes();
  *free_bytes = *total_bytes - std::min(*total_bytes, device().memory.used_bytes(simt::current_device()));
  return result(cudaSuccess);
}
