// The elements of streams and graphs.
#pragma once

#include <driver_types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace simt {

/// One piece of work that the device executes without interruption: a kernel, a copy or a fill.
struct Work {
  cudaGraphNodeType type = cudaGraphNodeTypeKernel;
  std::function<void()> run;        ///< called with device memory open
  const void* workspace = nullptr;  ///< cuBLAS workspace that the work overwrites, or null
  const void* function = nullptr;   ///< the kernel; null for other work and for kernels of libraries
};
using WorkPointer = std::shared_ptr<const Work>;

/// A recording of an event is done once `completed` has reached the recording's ticket.
struct EventState {
  std::uint64_t recorded = 0;
  std::uint64_t completed = 0;
  std::chrono::steady_clock::time_point time;
};

struct GraphNode {
  WorkPointer work;
  std::vector<std::size_t> after;  ///< nodes that must be executed first
};
using GraphNodes = std::vector<GraphNode>;

/// An instantiated graph. Its launches run one at a time, even if they are in different streams.
struct Executable {
  GraphNodes nodes;
  bool running = false;
  void* memory = nullptr;  ///< device memory, allocated at the graph's upload or at its first launch
};

/// One entry in the queue of a stream. Exactly one of `work`, `record`, `wait` and `graph` is set.
struct QueueItem {
  WorkPointer work;
  std::shared_ptr<EventState> record;
  std::shared_ptr<EventState> wait;
  std::uint64_t ticket = 0;  ///< number of the recording, for `record` or `wait`
  std::shared_ptr<Executable> graph;
  std::vector<bool> done;  ///< per node of `graph`
  std::size_t done_count = 0;
};

}  // namespace simt

struct CUgraphNode_st {
  simt::WorkPointer work;
};

struct CUgraph_st {
  simt::GraphNodes nodes;
  std::deque<CUgraphNode_st> handles;  ///< one per node; their addresses are stable
};

namespace simt {

/// A capture in progress, shared by all streams that it includes.
struct Capture {
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  std::thread::id thread;
  cudaStream_t origin = nullptr;
  std::unique_ptr<CUgraph_st> graph = std::make_unique<CUgraph_st>();
  bool invalidated = false;
};

}  // namespace simt

struct CUstream_st {
  int device = 0;
  std::deque<simt::QueueItem> queue;
  std::shared_ptr<simt::Capture> capture;
  std::vector<std::size_t> last_nodes;  ///< nodes that precede the node to be captured next
};

struct CUevent_st {
  std::shared_ptr<simt::EventState> state = std::make_shared<simt::EventState>();
  std::shared_ptr<simt::Capture> capture;  ///< set if the event was last recorded in a capture
  std::vector<std::size_t> nodes;
  bool timing = true;
};

struct CUgraphExec_st {
  std::shared_ptr<simt::Executable> executable = std::make_shared<simt::Executable>();
};
