// The state of all simulated devices of the process.
#pragma once

#include <driver_types.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "tests/simt/runtime/block.h"
#include "tests/simt/runtime/device_memory.h"
#include "tests/simt/runtime/random.h"
#include "tests/simt/runtime/violations.h"
#include "tests/simt/runtime/work.h"
#include "tests/simt/simt.h"

namespace simt {

/// What the runtime remembers about a kernel.
struct KernelInfo {
  bool loaded = false;  ///< set at the first launch or access to attributes, because kernels load lazily
  std::size_t dynamic_shared_limit = 48 * 1024;
  std::string name;  ///< mangled; empty until queried
};

/// The state that the host threads share. Functions of the runtime lock `mutex` while they use it, so that
/// host threads take turns.
struct Device {
  std::mutex mutex;
  Random random;
  std::uint64_t seed = 0;
  Violations violations;
  DeviceMemory memory;
  FiberPool fibers;
  std::map<void*, std::size_t> pinned;  ///< page-locked host memory: start, bytes
  std::set<cudaStream_t> streams;
  std::map<int, cudaStream_t> default_streams;  ///< by device; also in `streams`
  std::set<cudaEvent_t> events;
  std::set<cudaGraph_t> graphs;
  std::set<cudaGraphExec_t> executables;
  std::map<const void*, KernelInfo> kernels;
  std::uint64_t threads_run = 0;
  std::map<int, std::uint64_t> work_done;  ///< by device, as the function simt::work_done counts it
  std::vector<Card> cards = {{}};
  int driver_version = kRuntimeVersion;
  bool splits_products = true;
  int cublas_version = 130000;
  /// The device is lost with the kernel, copy or fill of this number, counted from now on; 0: never.
  std::uint64_t work_until_loss = 0;

  Device();

  bool has(int index) const { return index >= 0 && index < static_cast<int>(cards.size()); }
  /// Returns the error that queries about device `index` give, or cudaSuccess.
  cudaError_t check_card(int index) const;

  bool is_pinned(const void* pointer, std::size_t bytes) const;

  // Streams (stream.cpp)

  /// Adds work to the queue of the stream, or to the graph that is being captured.
  cudaError_t submit(cudaStream_t stream, WorkPointer work);
  /// Returns the stream in which a device makes synchronous copies and fills. No other stream waits for it.
  cudaStream_t default_stream(int index);
  void enqueue(cudaStream_t stream, QueueItem item);

  /// Executes queued work of all streams until `done` returns true, or until there is no work that can be
  /// executed. The order is random within the constraints that streams, events and graphs impose.
  void run_until(const std::function<bool()>& done);
  void run_all();
  /// Sometimes executes a little work ahead of time.
  void run_some();
  /// Executes a random amount of queued work. Called when the host queries whether a stream or an event is
  /// done.
  void run_while_asked();

  // Capture (capture.cpp)

  bool capturing(cudaStream_t stream) const;
  /// Called by functions that are forbidden during a capture. If a capture that forbids them is in progress,
  /// invalidates it, reports a violation and returns an error.
  cudaError_t check_not_capturing(const char* call);
  /// Checks that the stream exists and is not the default stream, which the project never uses.
  cudaError_t check_stream(cudaStream_t stream, const char* call);
  /// Checks that the device of the stream is the current device of the calling thread.
  cudaError_t check_current(cudaStream_t stream, const char* call);
  void add_node(cudaStream_t stream, WorkPointer work);

 private:
  struct Choice {
    cudaStream_t stream;
    std::size_t node;
  };
  std::vector<Choice> choices() const;
  void perform(const Choice& choice);
  void perform(const Work& work);
  void check_workspace(cudaStream_t stream, const Work& work);
};

Device& device();

/// Returns the device that cudaSetDevice last set in this host thread; 0 before.
int& current_device();

/// Stores an error for cudaGetLastError and returns it. A sticky error takes precedence.
cudaError_t result(cudaError_t error);

}  // namespace simt
