// A lane: one in-order queue of work on one device, driven by one host thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/program/program.h"

namespace gpu_sweep {

/// Memory on a lane's device. Owner; moves only. Starts at a multiple of 256 bytes and zero-filled.
class Buffer {
 public:
  Buffer() = default;
  Buffer(std::shared_ptr<std::byte> owner, std::size_t bytes) : owner_(std::move(owner)), bytes_(bytes) {}
  Buffer(Buffer&&) = default;
  Buffer& operator=(Buffer&&) = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::byte* data() const { return owner_.get(); }  ///< a device address: the host must not follow it
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<std::byte> owner_;
  std::size_t bytes_ = 0;
};

/// What a lane replays for one run of a program.
struct ReplayedNodes {
  int count = 0;  ///< kernels, copies and fills, those that libraries add included; 0 without a graph
  /// One line for each operation of one execution that takes more than a node, by the nodes' names:
  /// "shuffle: draw_keys, memset, kernel of a library, take_indices".
  std::vector<std::string> several;
};

/// A program bound to its memory and made ready to run on one lane. What it holds is the lane's business.
class CompiledProgram {
 public:
  CompiledProgram() = default;
  explicit CompiledProgram(std::shared_ptr<void> holder, ReplayedNodes nodes = {})
      : holder_(std::move(holder)), nodes_(std::move(nodes)) {}
  CompiledProgram(CompiledProgram&&) = default;
  CompiledProgram& operator=(CompiledProgram&&) = default;
  CompiledProgram(const CompiledProgram&) = delete;
  CompiledProgram& operator=(const CompiledProgram&) = delete;

  void* get() const { return holder_.get(); }

  const ReplayedNodes& nodes() const { return nodes_; }

 private:
  std::shared_ptr<void> holder_;
  ReplayedNodes nodes_;
};

/// Bytes of a buffer, from `offset` on, and the host memory that they go to.
struct Part {
  std::size_t offset = 0;
  std::span<std::byte> to;
};

/// Rows of an evaluation step on a card; a plan for one that is not here counts with it.
inline constexpr int kCudaEvaluationBatch = 1000;

struct LaneTraits {
  int evaluation_batch = 0;  ///< rows of an evaluation step that suit the device
  int steps_a_launch = 1;    ///< most steps worth putting into one compiled program
};

/// The only virtual class of the engine. All calls come from one host thread; run and upload are queued in
/// order. The first error sticks: later work is dropped, and `wait` and `download` throw it (again at each
/// call).
class Lane {
 public:
  virtual ~Lane() = default;

  virtual LaneTraits traits() const = 0;

  /// Bytes of scratch that Shuffle needs on this device.
  virtual std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const = 0;

  /// Throws OutOfMemory naming the bytes asked for and free where there is no room. A buffer must be dropped
  /// before its lane; other lanes of the same device may use it while it lives, and must have waited before
  /// it is dropped: the lane may give its memory to the next buffer.
  virtual Buffer allocate(std::size_t bytes) = 0;

  /// Bytes of the device's memory that nobody holds at present.
  virtual std::uint64_t free_bytes() = 0;

  /// Queues zeros over all of `buffer`.
  virtual void clear(const Buffer& buffer) = 0;

  /// Queues a copy to `to`, from byte `offset` on. `from` is free again when this returns.
  virtual void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) = 0;

  /// Copies parts of `from` to the host once everything queued is done: waits, and throws the lane's first
  /// error as `wait` does. Nothing is written to the parts after it has returned or thrown. Many parts at a
  /// time cost one wait.
  virtual void download(const Buffer& from, std::span<const Part> parts) = 0;

  /// The same for one part.
  void download(const Buffer& from, std::size_t offset, std::span<std::byte> to) {
    const Part part = {offset, to};
    download(from, std::span(&part, 1));
  }

  /// Checks `program` and prepares `repeats` executions of it in a row. The buffers must outlive the result.
  /// May execute it once on them, whatever they hold, so that what loads at first use is there: upload what
  /// it must not change afterwards. Throws OutOfMemory where there is no room for what it loads; the lane can
  /// be used on.
  virtual CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& group,
                                  int repeats) = 0;

  /// Queues `times` runs of a compiled program: times * repeats executions.
  virtual void run(const CompiledProgram& program, int times) = 0;

  /// Returns when everything queued is done; throws the lane's first error.
  virtual void wait() = 0;

  /// Opens and closes a named range on the calling thread's line of the device's profiler; nothing where it
  /// has none. See LaneRange (engine/lane/lane_range.h).
  virtual void push_range(const char* /*name*/) {}
  virtual void pop_range() {}
};

}  // namespace gpu_sweep
