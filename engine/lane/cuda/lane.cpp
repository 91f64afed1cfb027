#include "engine/lane/cuda/lane.h"

#include <nvtx3/nvToolsExt.h>

#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>

#include "engine/lane/cuda/device.h"
#include "engine/lane/cuda/error.h"
#include "engine/lane/cuda/handles.h"
#include "engine/lane/cuda/memory.h"
#include "engine/lane/cuda/program.h"
#include "engine/lane/cuda/staging.h"
#include "engine/program/checker.h"
#include "gpu_sweep/error.h"
#include "kernels/batch/shuffle.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kStepsALaunch = 16;

void check_cublas(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS) {
    throw std::runtime_error(std::string(what) + ": " + cublasGetStatusName(status));
  }
}

class CudaLane final : public Lane {
 public:
  CudaLane(const DevicePointer& device, const LaneOptions& options)
      : device_(device),
        eager_(options.eager),
        workspace_(allocate_device_memory(device, device->workspace_bytes())),
        memory_(std::make_shared<GroupMemory>(device)),
        staging_(device),
        stream_(make_stream(device)) {
    const std::scoped_lock lock(device->mutex);
    cublasHandle_t handle = nullptr;
    check_cublas(cublasCreate(&handle), "making a cuBLAS handle");
    blas_ = BlasHandle(handle, {device});
    check_cublas(cublasSetStream(handle, stream_.get()), "setting the stream of cuBLAS");
    // This call must come after cublasSetStream, which resets the workspace.
    check_cublas(cublasSetWorkspace(handle, workspace_.get(), device->workspace_bytes()),
                 "setting the workspace of cuBLAS");
    queue_ = {stream_.get(), handle};
  }

  ~CudaLane() override {
    try {
      // Queued work uses the members of this object until it is done.
      guarded([&] { wait_for(*device_, stream_.get(), "closing a lane"); });
    } catch (const Error&) {
      // A destructor must not throw. A caller that needs the results of the work has waited for them before,
      // and that wait has thrown the error.
    }
  }

  LaneTraits traits() const override { return {kCudaEvaluationBatch, kStepsALaunch}; }

  std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const override {
    return guarded([&] {
      const std::scoped_lock lock(device_->mutex);  // CUB queries the device and may load its kernels
      return cuda::shuffle_scratch_bytes(replicas, rows);
    });
  }

  Buffer allocate(std::size_t bytes) override {
    return with_spares(*device_,
                       [&] { return guarded([&] { return Buffer(allocate_cleared(bytes), bytes); }); });
  }

  std::uint64_t free_bytes() override {
    return guarded([&] { return free_device_memory(*device_); });
  }

  void clear(const Buffer& buffer) override {
    queued([&] {
      check_cuda(cudaMemsetAsync(buffer.data(), 0, buffer.bytes(), stream_.get()), "clearing memory");
    });
  }

  void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) override {
    queued([&] { staging_.upload(stream_.get(), to.data() + offset, from); });
  }

  void copy(const Buffer& buffer, std::size_t from, std::size_t to, std::size_t bytes) override {
    queued([&] {
      check_cuda(cudaMemcpyAsync(buffer.data() + to, buffer.data() + from, bytes, cudaMemcpyDeviceToDevice,
                                 stream_.get()),
                 "copying memory");
    });
  }

  void download(const Buffer& from, std::span<const Part> parts) override {
    queued([&] { staging_.download(stream_.get(), from.data(), parts); });
    if (error_) std::rethrow_exception(error_);
  }

  CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& group,
                          int repeats) override {
    check(program);
    if (dataset.bytes() < program.dataset_bytes || group.bytes() < program.arena_bytes) {
      throw std::logic_error(program.name + ": its buffers are smaller than its spaces");
    }
    return with_spares(*device_, [&] {
      return guarded([&] {
        const Memory memory = {dataset.data(), group.data()};
        auto bound = std::make_unique<CudaProgram>(device_, program, memory, repeats);
        if (!eager_) bound->capture(queue_);
        ReplayedNodes nodes = bound->nodes();
        return CompiledProgram(std::move(bound), std::move(nodes));
      });
    });
  }

  void run(const CompiledProgram& program, int times) override {
    queued([&] {
      const auto* bound = static_cast<const CudaProgram*>(program.get());
      for (int i = 0; i < times; ++i) bound->run(queue_);
    });
  }

  void wait() override {
    queued([&] {
      wait_for(*device_, stream_.get(),
               eager_ ? "waiting for queued work" : "waiting for queued work (--eager names the operation)");
    });
    if (error_) std::rethrow_exception(error_);
  }

  void push_range(const char* name) override { nvtxRangePushA(name); }
  void pop_range() override { nvtxRangePop(); }

 private:
  std::shared_ptr<std::byte> allocate_cleared(std::size_t bytes) {
    std::shared_ptr<std::byte> memory = memory_->allocate(bytes);
    // The fill is queued after all work of this lane, since earlier work may still use the block if it is one
    // that the lane kept.
    check_cuda(cudaMemsetAsync(memory.get(), 0, bytes, stream_.get()), "clearing memory");
    wait_for(*device_, stream_.get(), "clearing memory");  // other lanes may use the memory at once
    return memory;
  }

  /// Runs `action` on the device. Failures become OutOfMemory or Error(kDevice), as in as_device_error.
  template <class Action>
  auto guarded(const Action& action) const -> decltype(action()) {
    return as_device_error(*device_, [&] {
      use_device(device_->ordinal);
      return action();
    });
  }

  /// Queues work, unless earlier work has failed. Keeps the first error for `wait`. OutOfMemory is turned
  /// into a plain Error here, because OutOfMemory would tell the caller that the lane is still usable.
  template <class Action>
  void queued(const Action& action) {
    if (error_) return;
    try {
      guarded(action);
    } catch (const OutOfMemory& error) {
      error_ = std::make_exception_ptr(Error(error.code(), error.what()));
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  DevicePointer device_;
  bool eager_;
  std::shared_ptr<std::byte> workspace_;
  std::shared_ptr<GroupMemory> memory_;
  Staging staging_;
  Stream stream_;  // declared before the handle that is bound to it
  BlasHandle blas_;
  Queue queue_;
  std::exception_ptr error_;
};

}  // namespace

DevicePointer LaneMaker::device(int ordinal) {
  const std::scoped_lock lock(mutex_);
  DevicePointer& known = devices_[ordinal];
  if (!known) known = open_device(ordinal);
  return known;
}

std::unique_ptr<Lane> LaneMaker::make(int ordinal, const LaneOptions& options) {
  const DevicePointer on = device(ordinal);
  return with_spares(*on, [&] {
    return as_device_error(*on, [&]() -> std::unique_ptr<Lane> {
      use_device(ordinal);
      return std::make_unique<CudaLane>(on, options);
    });
  });
}

}  // namespace gpu_sweep::cuda
