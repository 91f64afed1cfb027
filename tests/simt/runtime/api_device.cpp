// Errors, versions, and the choice and the properties of devices.
#include <cuda_runtime_api.h>

#include <cstring>

#include "tests/simt/runtime/device.h"
#include "tests/simt/runtime/limits.h"

namespace {

cudaError_t& last_error() {
  thread_local cudaError_t error = cudaSuccess;
  return error;
}

struct ErrorText {
  cudaError_t error;
  const char* name;
  const char* text;
};

constexpr ErrorText kErrors[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"},
    {cudaErrorInvalidDeviceFunction, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorECCUncorrectable, "cudaErrorECCUncorrectable", "uncorrectable ECC error encountered"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {cudaErrorDevicesUnavailable, "cudaErrorDevicesUnavailable",
     "CUDA-capable device(s) is/are busy or unavailable"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {cudaErrorNotSupported, "cudaErrorNotSupported", "operation not supported"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {cudaErrorStreamCaptureMerge, "cudaErrorStreamCaptureMerge",
     "operation would result in a merge of separate capture sequences"},
    {cudaErrorStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched",
     "capture was not ended in the same stream"},
    {cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined", "capturing stream has unjoined work"},
    {cudaErrorStreamCaptureIsolation, "cudaErrorStreamCaptureIsolation",
     "dependency created on uncaptured work in another stream"},
    {cudaErrorStreamCaptureWrongThread, "cudaErrorStreamCaptureWrongThread",
     "attempt to terminate a thread-local capture sequence from another thread"},
};

const ErrorText* find(cudaError_t error) {
  for (const ErrorText& entry : kErrors) {
    if (entry.error == error) return &entry;
  }
  return nullptr;
}

const simt::Card& card(int index) { return simt::device().cards[static_cast<std::size_t>(index)]; }

}  // namespace

namespace simt {

cudaError_t result(cudaError_t error) {
  const cudaError_t sticky = device().violations.sticky();
  if (sticky != cudaSuccess) error = sticky;
  if (error != cudaSuccess) last_error() = error;
  return error;
}

}  // namespace simt

using simt::device;

const char* cudaGetErrorName(cudaError_t error) {
  const ErrorText* entry = find(error);
  return entry == nullptr ? "unrecognized error code" : entry->name;
}

/// Appends the last violation, if there is one, because this text may be all that the user sees.
const char* cudaGetErrorString(cudaError_t error) {
  const ErrorText* entry = find(error);
  thread_local std::string text;
  text = entry == nullptr ? "unrecognized error code" : entry->text;
  const std::lock_guard lock(device().mutex);
  if (error != cudaSuccess && !device().violations.last().empty())
    text += " (" + device().violations.last() + ")";
  return text.c_str();
}

cudaError_t cudaPeekAtLastError() {
  const std::lock_guard lock(device().mutex);
  simt::result(cudaSuccess);
  return last_error();
}

cudaError_t cudaGetLastError() {
  const cudaError_t error = cudaPeekAtLastError();
  last_error() = cudaSuccess;
  return error;
}

cudaError_t cudaDriverGetVersion(int* version) {
  const std::lock_guard lock(device().mutex);
  *version = device().driver_version;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  const std::lock_guard lock(device().mutex);
  *count = 0;
  // A driver supports every runtime of its own major version.
  if (device().driver_version < CUDART_VERSION / 1000 * 1000)
    return simt::result(cudaErrorInsufficientDriver);
  *count = static_cast<int>(device().cards.size());
  return *count > 0 ? cudaSuccess : simt::result(cudaErrorNoDevice);
}

cudaError_t cudaSetDevice(int index) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_card(index)) return simt::result(error);
  // Since CUDA 12, cudaSetDevice also initializes the device.
  if (card(index).state == simt::Card::State::kProhibited) return simt::result(cudaErrorDevicesUnavailable);
  simt::current_device() = index;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* index) {
  *index = simt::current_device();
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_not_capturing("cudaDeviceSynchronize"))
    return simt::result(error);
  device().run_all();
  return simt::result(cudaSuccess);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int index) {
  const std::lock_guard lock(device().mutex);
  if (const cudaError_t error = device().check_card(index)) return simt::result(error);
  *properties = {};
  std::strcpy(properties->name, "SIMT stand-in");
  properties->totalGlobalMem = device().memory.total_bytes();
  properties->sharedMemPerBlock = simt::kStaticSharedLimit;
  properties->sharedMemPerBlockOptin = simt::kDynamicSharedLimit;
  properties->sharedMemPerMultiprocessor = simt::kDynamicSharedLimit;
  properties->regsPerBlock = 65536;
  properties->warpSize = 32;
  properties->maxThreadsPerBlock = simt::kMaxThreads;
  properties->maxThreadsPerMultiProcessor = 1024;
  properties->maxThreadsDim[0] = properties->maxThreadsDim[1] = simt::kMaxThreads;
  properties->maxThreadsDim[2] = simt::kMaxBlockZ;
  properties->maxGridSize[0] = 0x7fffffff;
  properties->maxGridSize[1] = properties->maxGridSize[2] = simt::kMaxGridYz;
  properties->major = card(index).major;
  properties->minor = card(index).minor;
  properties->multiProcessorCount = 2;
  properties->asyncEngineCount = 2;
  properties->memoryBusWidth = 64;
  properties->l2CacheSize = 4 << 20;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int index) {
  cudaDeviceProp properties;
  if (const cudaError_t error = cudaGetDeviceProperties(&properties, index)) return error;
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
      *value = properties.maxThreadsPerBlock;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = static_cast<int>(properties.sharedMemPerBlock);
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(properties.sharedMemPerBlockOptin);
      break;
    case cudaDevAttrWarpSize:
      *value = properties.warpSize;
      break;
    case cudaDevAttrComputeMode:
      *value = card(index).state == simt::Card::State::kProhibited ? cudaComputeModeProhibited
                                                                   : cudaComputeModeDefault;
      break;
    case cudaDevAttrClockRate:
      *value = 1000000;
      break;
    case cudaDevAttrMemoryClockRate:
      *value = 1000000;
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = properties.multiProcessorCount;
      break;
    case cudaDevAttrGlobalMemoryBusWidth:
      *value = properties.memoryBusWidth;
      break;
    case cudaDevAttrL2CacheSize:
      *value = properties.l2CacheSize;
      break;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = properties.maxThreadsPerMultiProcessor;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *value = properties.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = properties.minor;
      break;
    default:
      return cudaErrorInvalidValue;
  }
  return cudaSuccess;
}
