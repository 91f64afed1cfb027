#include <stdexcept>
#include <type_traits>

#include "kernels/common/cuda_host.h"
#include "tests/kernels/backend.h"
#include "tests/kernels/cuda_device.h"

namespace gpu_sweep::test::backend {
namespace {

using cuda::check_cuda;

class DeviceBytes {
 public:
  explicit DeviceBytes(std::size_t bytes) {
    if (bytes > 0) check_cuda(cudaMalloc(&data_, bytes), "cudaMalloc");
  }
  ~DeviceBytes() { cudaFree(data_); }
  DeviceBytes(const DeviceBytes&) = delete;
  DeviceBytes& operator=(const DeviceBytes&) = delete;
  std::byte* data() const { return static_cast<std::byte*>(data_); }

 private:
  void* data_ = nullptr;
};

class Stream {
 public:
  Stream() { check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

template <class Record>
void queue_op(const Record& op, const Memory& memory, cuda::Queue& queue) {
  if constexpr (std::is_same_v<Record, Gemm> || std::is_same_v<Record, Shuffle>) {
    execute_library_op(op, memory, queue);
  } else {
    cuda::execute(op, memory, queue);
  }
}

void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (bytes == 0) return;
  check_cuda(cudaMemcpyAsync(to, from, bytes, kind, stream), "cudaMemcpyAsync");
  check_cuda(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
}

void run_ops(const std::vector<Op>& ops, std::span<const std::byte> dataset, std::span<std::byte> group) {
  const Stream stream;
  const DeviceBytes device_dataset(dataset.size()), device_group(group.size());
  copy(device_dataset.data(), dataset.data(), dataset.size(), cudaMemcpyHostToDevice, stream.get());
  copy(device_group.data(), group.data(), group.size(), cudaMemcpyHostToDevice, stream.get());
  const Memory memory = {device_dataset.data(), device_group.data()};
  cuda::Queue queue{stream.get()};
  for (const Op& op : ops) {
    std::visit([&](const auto& record) { queue_op(record, memory, queue); }, op);
  }
  copy(group.data(), device_group.data(), group.size(), cudaMemcpyDeviceToHost, stream.get());
}

}  // namespace

std::uint64_t shuffle_scratch_bytes(int replicas, int rows) {
  return library_shuffle_scratch_bytes(replicas, rows);
}

bool multiplies(DType type) {
  int major = 0;
  check_cuda(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0), "cudaDeviceGetAttribute");
  return type == DType::kF32 || major >= 8;
}

void run(int schedule, const std::vector<Op>& ops, std::span<const std::byte> dataset,
         std::span<std::byte> group) {
  begin_schedule(schedule);
  std::string failure;
  try {
    run_ops(ops, dataset, group);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  for (const std::string& violation : take_violations()) failure += "\n" + violation;
  if (!failure.empty()) throw std::runtime_error("schedule " + std::to_string(schedule) + ": " + failure);
}

}  // namespace gpu_sweep::test::backend
