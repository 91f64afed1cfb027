#include "engine/lane/cpu/lane.h"

#include <omp.h>
#ifdef __SSE__
#include <immintrin.h>
#endif

#include <cstring>
#include <exception>
#include <vector>

#include "engine/lane/cpu/program.h"
#include "engine/lane/cpu/work_queue.h"
#include "engine/lane/host_memory.h"
#include "engine/program/checker.h"
#include "kernels/batch/shuffle.h"

namespace gpu_sweep {
namespace {

/// Rows per evaluation step. The number is small enough that a batch of images of 28 x 28 pixels and its
/// activations in layers of a few hundred units fit into an L2 cache of 2 MiB.
constexpr int kEvaluationBatch = 256;

/// Address space that oneDNN needs for the code and the buffers that it generates for a program's products.
/// If there is less, oneDNN crashes, so the lane checks for it first.
constexpr std::size_t kCompilerBytes = std::size_t{32} << 20;

void prepare_thread() {
  omp_set_num_threads(1);  // keeps oneDNN's products on this thread; the setting is per thread
#ifdef __SSE__
  // When weights have stopped changing, their optimizer state decays into subnormal numbers. Many x86 CPUs
  // handle these slowly, in microcode, so they are flushed to zero.
  _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON);
#endif
}

class CpuLane final : public Lane {
 public:
  explicit CpuLane(const LaneOptions& options) : options_(options), queue_(prepare_thread) {}

  LaneTraits traits() const override { return {kEvaluationBatch, 1}; }

  std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const override {
    return cpu::shuffle_scratch_bytes(replicas, rows);
  }

  Buffer allocate(std::size_t bytes) override { return allocate_host_buffer(bytes); }

  std::uint64_t free_bytes() override { return available_host_memory(); }

  void clear(const Buffer& buffer) override {
    queue_.push([to = buffer.data(), bytes = buffer.bytes()] { std::memset(to, 0, bytes); });
  }

  void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) override {
    queue_.push([to = to.data() + offset, bytes = std::vector<std::byte>(from.begin(), from.end())] {
      std::memcpy(to, bytes.data(), bytes.size());
    });
  }

  void copy(const Buffer& buffer, std::size_t from, std::size_t to, std::size_t bytes) override {
    queue_.push([data = buffer.data(), from, to, bytes] { std::memcpy(data + to, data + from, bytes); });
  }

  void download(const Buffer& from, std::span<const Part> parts) override {
    queue_.wait();
    for (const Part& part : parts) std::memcpy(part.to.data(), from.data() + part.offset, part.to.size());
  }

  CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& group,
                          int repeats) override {
    check(program);
    // oneDNN creates a primitive for the OpenMP threads of the calling thread, so it must be created by the
    // thread that will run it. Errors are caught here, because the queue would keep an error and throw it at
    // every later wait.
    std::unique_ptr<CpuProgram> bound;
    std::exception_ptr error;
    queue_.push([&] {
      try {
        require_address_space(kCompilerBytes);
        bound = std::make_unique<CpuProgram>(program, Memory{dataset.data(), group.data()}, repeats,
                                             options_.profile);
      } catch (...) {
        error = std::current_exception();
      }
    });
    queue_.wait();
    if (error) std::rethrow_exception(error);
    return CompiledProgram(std::move(bound));
  }

  void run(const CompiledProgram& program, int times) override {
    queue_.push([bound = static_cast<CpuProgram*>(program.get()), times] {
      for (int i = 0; i < times; ++i) bound->run();
    });
  }

  void wait() override { queue_.wait(); }

 private:
  LaneOptions options_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Lane> make_cpu_lane(const LaneOptions& options) { return std::make_unique<CpuLane>(options); }

}  // namespace gpu_sweep
