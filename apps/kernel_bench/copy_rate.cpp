// Times copies within a card's memory, to compare the memory rates of operations with.
//
//   copy_rate [MIB]          size of each copy in MiB (default 1024, far larger than any cache)
//
// Prints one line of JSON: device, bytes per copy, number of copies, their time, and bytes read and written
// per second.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kCopies = 20;

struct FreeMemory {
  void operator()(void* memory) const { cudaFree(memory); }
};
using DeviceMemory = std::unique_ptr<void, FreeMemory>;

struct DestroyStream {
  void operator()(CUstream_st* stream) const { cudaStreamDestroy(stream); }
};

struct DestroyEvent {
  void operator()(CUevent_st* event) const { cudaEventDestroy(event); }
};
using Event = std::unique_ptr<CUevent_st, DestroyEvent>;

DeviceMemory allocate(std::size_t bytes) {
  void* memory = nullptr;
  check_cuda(cudaMalloc(&memory, bytes), "memory to copy");
  return DeviceMemory(memory);
}

Event make_event() {
  cudaEvent_t event = nullptr;
  check_cuda(cudaEventCreateWithFlags(&event, cudaEventDefault), "an event");
  return Event(event);
}

void run(std::size_t mebibytes) {
  const std::size_t bytes = mebibytes << 20;
  check_cuda(cudaSetDevice(0), "the first device");
  cudaDeviceProp device{};
  check_cuda(cudaGetDeviceProperties(&device, 0), "the first device's properties");
  cudaStream_t made = nullptr;
  check_cuda(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "a stream");
  const std::unique_ptr<CUstream_st, DestroyStream> stream(made);
  const DeviceMemory from = allocate(bytes), to = allocate(bytes);
  check_cuda(cudaMemsetAsync(from.get(), 1, bytes, stream.get()), "filling memory");
  const auto copy = [&] {
    check_cuda(cudaMemcpyAsync(to.get(), from.get(), bytes, cudaMemcpyDeviceToDevice, stream.get()),
               "a copy");
  };
  for (int i = 0; i < 3; ++i) copy();  // a warm-up
  const Event start = make_event(), end = make_event();
  check_cuda(cudaEventRecord(start.get(), stream.get()), "an event");
  for (int i = 0; i < kCopies; ++i) copy();
  check_cuda(cudaEventRecord(end.get(), stream.get()), "an event");
  check_cuda(cudaStreamSynchronize(stream.get()), "waiting for copies");
  float milliseconds = 0;
  check_cuda(cudaEventElapsedTime(&milliseconds, start.get(), end.get()), "the time of copies");
  const double rate = 2.0 * kCopies * static_cast<double>(bytes) / (static_cast<double>(milliseconds) * 1e-3);
  std::printf(
      "{\"device\": \"%s\", \"bytes\": %zu, \"copies\": %d, \"milliseconds\": %.6g, "
      "\"bytes_per_second\": %.6g}\n",
      device.name, bytes, kCopies, static_cast<double>(milliseconds), rate);
}

}  // namespace
}  // namespace gpu_sweep::cuda

int main(int argc, char** argv) {
  const int mebibytes = argc > 1 ? std::atoi(argv[1]) : 1024;
  if (argc > 2 || mebibytes < 1) {
    std::fprintf(stderr, "copy_rate: expected at most one argument, the MiB of a copy\n");
    return 2;
  }
  try {
    gpu_sweep::cuda::run(static_cast<std::size_t>(mebibytes));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "copy_rate: %s\n", error.what());
    return 4;
  }
}
