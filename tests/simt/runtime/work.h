// What streams and graphs are made of.
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

/// One thing that the device does in one go: a kernel, a copy, a fill.
struct Work {
  cudaGraphNodeType type = cudaGraphNodeTypeKernel;
  std::function<void()> run;        ///< called with device memory open
  const void* workspace = nullptr;  ///< cuBLAS workspace that it overwrites: one stream's only
  const void* function = nullptr;   ///< of a kernel that was launched by the runtime
};
using WorkPointer = std::shared_ptr<const Work>;

/// A recording of an event is done once `completed` has reached the number that it drew.
struct EventState {
  std::uint64_t recorded = 0;
  std::uint64_t completed = 0;
  std::chrono::steady_clock::time_point time;
};

struct GraphNode {
  WorkPointer work;
  std::vector<std::size_t> after;  ///< nodes that must be done before
};
using GraphNodes = std::vector<GraphNode>;

/// An instantiated graph. It runs once at a time, whatever streams it is launched into.
struct Executable {
  GraphNodes nodes;
  bool running = false;
  void* memory = nullptr;  ///< on the device, from its upload or first launch on
};

/// One entry of a stream's queue: exactly one of the four.
struct QueueItem {
  WorkPointer work;
  std::shared_ptr<EventState> record;
  std::shared_ptr<EventState> wait;
  std::uint64_t ticket = 0;  ///< of record or wait
  std::shared_ptr<Executable> graph;
  std::vector<bool> done;  ///< nodes of `graph`
  std::size_t done_count = 0;
};

}  // namespace simt

struct CUgraphNode_st {
  simt::WorkPointer work;
};

struct CUgraph_st {
  simt::GraphNodes nodes;
  std::deque<CUgraphNode_st> handles;  ///< one a node; they never move
};

namespace simt {

/// A recording in progress, shared by all streams that take part.
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
  std::vector<std::size_t> last_nodes;  ///< what the next captured node comes after
};

struct CUevent_st {
  std::shared_ptr<simt::EventState> state = std::make_shared<simt::EventState>();
  std::shared_ptr<simt::Capture> capture;  ///< set while it stands for a point of a capture
  std::vector<std::size_t> nodes;
  bool timing = true;
};

struct CUgraphExec_st {
  std::shared_ptr<simt::Executable> executable = std::make_shared<simt::Executable>();
};
