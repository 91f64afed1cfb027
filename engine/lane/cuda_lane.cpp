#include "engine/lane/cuda_lane.h"

#include <nvtx3/nvToolsExt.h>

#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>

#include "engine/error.h"
#include "engine/lane/cuda_device.h"
#include "engine/lane/cuda_handles.h"
#include "engine/lane/cuda_program.h"
#include "engine/lane/cuda_staging.h"
#include "engine/program/checker.h"
#include "kernels/shuffle.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kEvaluationBatch = 1000;
constexpr int kStepsALaunch = 16;

void check_cublas(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS) {
    throw std::runtime_error(std::string(what) + ": " + cublasGetStatusName(status));
  }
}

/// Any failure of the device as the error that users see.
template <class Action>
auto as_device_error(const std::string& where, const Action& action) -> decltype(action()) {
  try {
    return action();
  } catch (const Error&) {
    throw;
  } catch (const std::logic_error&) {
    throw;  // a mistake of this program, not of the device
  } catch (const std::exception& error) {
    throw Error(ExitCode::kDevice, where + ": " + error.what());
  }
}

class CudaLane final : public Lane {
 public:
  CudaLane(const Device& device, const LaneOptions& options)
      : device_(device),
        eager_(options.eager),
        workspace_(allocate_device_memory(device, device.workspace_bytes())),
        staging_(device),
        stream_(make_stream()) {
    const std::scoped_lock lock(allocation_mutex(device.ordinal));
    cublasHandle_t handle = nullptr;
    check_cublas(cublasCreate(&handle), "making a cuBLAS handle");
    blas_.reset(handle);
    check_cublas(cublasSetStream(handle, stream_.get()), "setting the stream of cuBLAS");
    // After the stream: setting that drops the workspace.
    check_cublas(cublasSetWorkspace(handle, workspace_.get(), device.workspace_bytes()),
                 "setting the workspace of cuBLAS");
    queue_ = {stream_.get(), handle};
  }

  ~CudaLane() override {
    cudaSetDevice(device_.ordinal);
    cudaStreamSynchronize(stream_.get());  // nothing may still use what is freed now
    const std::scoped_lock lock(allocation_mutex(device_.ordinal));
    blas_.reset();
  }

  LaneTraits traits() const override { return {kEvaluationBatch, kStepsALaunch}; }

  std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const override {
    return guarded([&] { return cuda::shuffle_scratch_bytes(replicas, rows); });
  }

  Buffer allocate(std::size_t bytes) override {
    return guarded([&] { return Buffer(allocate_cleared(bytes), bytes); });
  }

  void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) override {
    queued([&] { staging_.upload(stream_.get(), to.data() + offset, from); });
  }

  void download(const Buffer& from, std::size_t offset, std::span<std::byte> to) override {
    queued([&] { staging_.download(stream_.get(), from.data() + offset, to); });
  }

  CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& group,
                          int repeats) override {
    check(program);
    if (dataset.bytes() < program.dataset_bytes || group.bytes() < program.arena_bytes) {
      throw std::logic_error(program.name + ": its buffers are smaller than its spaces");
    }
    return guarded([&] {
      const Memory memory = {dataset.data(), group.data()};
      auto bound = std::make_shared<CudaProgram>(device_, program, memory, repeats);
      const std::shared_ptr<std::byte> scratch = allocate_cleared(program.arena_bytes);
      bound->warm_up({dataset.data(), scratch.get()}, queue_);
      if (!eager_) bound->capture(queue_);
      const int nodes = bound->nodes();
      return CompiledProgram(std::move(bound), nodes);
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
      check_cuda(
          cudaStreamSynchronize(stream_.get()),
          eager_ ? "waiting for queued work" : "waiting for queued work (--eager names the operation)");
      staging_.finish_downloads();
    });
    if (error_) std::rethrow_exception(error_);
  }

  void push_range(const char* name) override { nvtxRangePushA(name); }
  void pop_range() override { nvtxRangePop(); }

 private:
  std::shared_ptr<std::byte> allocate_cleared(std::size_t bytes) {
    std::shared_ptr<std::byte> memory = allocate_device_memory(device_, bytes);
    check_cuda(cudaMemsetAsync(memory.get(), 0, bytes, stream_.get()), "clearing memory");
    check_cuda(cudaStreamSynchronize(stream_.get()), "clearing memory");  // other lanes may use it at once
    return memory;
  }

  /// Runs `action` on the device; failures come out as Error(kDevice).
  template <class Action>
  auto guarded(const Action& action) const -> decltype(action()) {
    return as_device_error(device_.id, [&] {
      use_device(device_.ordinal);
      return action();
    });
  }

  /// Does queued work, unless earlier work failed. The first error is kept for `wait`.
  template <class Action>
  void queued(const Action& action) {
    if (error_) return;
    try {
      guarded(action);
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  Device device_;
  bool eager_;
  std::shared_ptr<std::byte> workspace_;
  Staging staging_;
  Stream stream_;  // before the handle that is bound to it
  BlasHandle blas_;
  Queue queue_;
  std::exception_ptr error_;
};

}  // namespace

std::unique_ptr<Lane> make_lane(int ordinal, const LaneOptions& options) {
  return as_device_error(GPU_SWEEP_DEVICE_KIND ":" + std::to_string(ordinal), [&] {
    return std::unique_ptr<Lane>(std::make_unique<CudaLane>(open_device(ordinal), options));
  });
}

}  // namespace gpu_sweep::cuda
