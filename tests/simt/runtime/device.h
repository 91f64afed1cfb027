// The devices of the process: several in number, one in all that they claim to be.
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

/// What is known of a kernel function.
struct KernelInfo {
  bool loaded = false;  ///< has been launched or asked about before: loading is lazy
  std::size_t dynamic_shared_limit = 48 * 1024;
  std::string name;  ///< once it was asked for
};

/// All state of the stand-in. Every entry point holds `mutex`: host threads take turns.
struct Device {
  std::mutex mutex;
  Random random;
  std::uint64_t seed = 0;
  Violations violations;
  DeviceMemory memory;
  FiberPool fibers;
  std::map<void*, std::size_t> pinned;  ///< page-locked host memory: start, bytes
  std::set<cudaStream_t> streams;
  std::map<int, cudaStream_t> default_streams;  ///< by device; in `streams`, too
  std::set<cudaEvent_t> events;
  std::set<cudaGraph_t> graphs;
  std::set<cudaGraphExec_t> executables;
  std::map<const void*, KernelInfo> kernels;
  std::uint64_t threads_run = 0;
  std::map<int, std::uint64_t> work_done;  ///< pieces, by device
  std::vector<Card> cards = {{}};
  int driver_version = kRuntimeVersion;
  bool splits_products = true;
  int cublas_version = 130000;
  std::uint64_t work_until_loss = 0;  ///< pieces of work before the device is lost; 0 is never

  Device();

  bool has(int index) const { return index >= 0 && index < static_cast<int>(cards.size()); }
  /// What a question to device `index` is answered with.
  cudaError_t check_card(int index) const;

  bool is_pinned(const void* pointer, std::size_t bytes) const;

  // Streams (stream.cpp)

  /// Hands work to a stream: into its queue, or into the graph being captured.
  cudaError_t submit(cudaStream_t stream, WorkPointer work);
  /// What synchronous copies and fills of a device go through: no stream of the host waits for it.
  cudaStream_t default_stream(int index);
  void enqueue(cudaStream_t stream, QueueItem item);

  /// Does queued work of all streams, in a random order that obeys streams, events and graphs, until `done`.
  void run_until(const std::function<bool()>& done);
  void run_all();
  /// Now and then does a little work ahead of time.
  void run_some();
  /// Does some work while the host asks whether it is done.
  void run_while_asked();

  // Capture (capture.cpp)

  bool capturing(cudaStream_t stream) const;
  /// For calls that are forbidden while a capture is under way: spoils the capture and says so.
  cudaError_t check_not_capturing(const char* call);
  /// A stream that exists and is not the default stream, which the project never uses.
  cudaError_t check_stream(cudaStream_t stream, const char* call);
  /// For calls that need the stream's device to be the calling thread's current one.
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

/// What cudaSetDevice last set in this host thread.
int& current_device();

/// Remembers an error for cudaGetLastError and passes it on; a sticky error takes precedence.
cudaError_t result(cudaError_t error);

}  // namespace simt
