// A lane: one in-order queue of work on one device, driven by one host thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gpu_sweep {

struct Program;

/// Owns memory on a lane's device. The memory starts at a multiple of 256 bytes and is zero-filled when a
/// lane allocates it. Move-only: a buffer that was moved from is empty.
class Buffer {
 public:
  Buffer() = default;
  Buffer(std::shared_ptr<std::byte> owner, std::size_t bytes) : owner_(std::move(owner)), bytes_(bytes) {}
  Buffer(Buffer&& other) noexcept : owner_(std::move(other.owner_)), bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    owner_ = std::move(other.owner_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::byte* data() const { return owner_.get(); }  ///< a device address: the host must not dereference it
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<std::byte> owner_;
  std::size_t bytes_ = 0;
};

/// The nodes that a lane replays each time it executes a program.
struct ReplayedNodes {
  int count = 0;  ///< kernels, copies and fills, including those that libraries add; 0 without a graph
  /// One line per operation that takes more than one node in an execution, with the names of its nodes:
  /// "shuffle: draw_keys, fill, kernel of a library, take_indices".
  std::vector<std::string> several;
};

/// A program bound to its memory and ready to run on one lane. Opaque to everything but the lane that
/// compiled it.
class CompiledProgram {
 public:
  /// A lane's compiled form of a program. Each kind of lane derives its own type.
  class Holder {
   public:
    Holder() = default;
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    virtual ~Holder() = default;
  };

  CompiledProgram() = default;
  explicit CompiledProgram(std::unique_ptr<Holder> holder, ReplayedNodes nodes = {})
      : holder_(std::move(holder)), nodes_(std::move(nodes)) {}
  CompiledProgram(CompiledProgram&&) = default;
  CompiledProgram& operator=(CompiledProgram&&) = default;
  CompiledProgram(const CompiledProgram&) = delete;
  CompiledProgram& operator=(const CompiledProgram&) = delete;

  Holder* get() const { return holder_.get(); }

  const ReplayedNodes& nodes() const { return nodes_; }

 private:
  std::unique_ptr<Holder> holder_;
  ReplayedNodes nodes_;
};

/// Bytes of a buffer from `offset` on, and the host memory that receives them.
struct Part {
  std::size_t offset = 0;
  std::span<std::byte> to;
};

/// Evaluation batch size on a card. Plans for a card that is not present use it as well.
inline constexpr int kCudaEvaluationBatch = 1000;

struct LaneTraits {
  int evaluation_batch = 0;  ///< rows per evaluation step that suit the device
  int steps_per_launch = 1;  ///< the most steps worth compiling into one program
};

/// The interface that each kind of device implements. All members must be called from the same thread. Work
/// is queued in order. The first error sticks: later work is dropped, and each call of `wait` and `download`
/// throws it.
class Lane {
 public:
  virtual ~Lane() = default;

  virtual LaneTraits traits() const = 0;

  /// Returns the bytes of scratch memory that Shuffle needs on this device.
  virtual std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const = 0;

  /// Allocates device memory. Throws OutOfMemory naming the bytes requested and free. A buffer must be
  /// destroyed before its lane. Other lanes on the same device may use the buffer, but must have waited for
  /// that work before the buffer is destroyed: its lane may reuse the memory for the next buffer.
  virtual Buffer allocate(std::size_t bytes) = 0;

  /// Returns the free device memory, in bytes.
  virtual std::uint64_t free_bytes() = 0;

  /// Queues a fill of all of `buffer` with zeros.
  virtual void clear(const Buffer& buffer) = 0;

  /// Queues a copy to `to`, from byte `offset` on. The caller may reuse `from` as soon as this returns.
  virtual void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) = 0;

  /// Copies parts of `from` to the host. Waits until everything queued is done, and throws the lane's first
  /// error as `wait` does. Once it has returned or thrown, it no longer writes to the host memory of `parts`.
  /// A call with many parts waits only once.
  virtual void download(const Buffer& from, std::span<const Part> parts) = 0;

  /// Copies one part.
  void download(const Buffer& from, std::size_t offset, std::span<std::byte> to) {
    const Part part = {offset, to};
    download(from, std::span(&part, 1));
  }

  /// Checks `program`, throwing std::logic_error if it is wrong, and prepares `repeats` consecutive
  /// executions of it. The buffers must outlive the result. May execute the program once on the buffers'
  /// current contents, to load the code that is loaded only at first use. Data that must not change has to be
  /// uploaded after this call. Throws OutOfMemory if there is no room for the loaded code; the lane stays
  /// usable.
  virtual CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& group,
                                  int repeats) = 0;

  /// Queues a compiled program `times` times, that is, times * repeats executions.
  virtual void run(const CompiledProgram& program, int times) = 0;

  /// Returns when everything queued is done. Throws the lane's first error.
  virtual void wait() = 0;

  /// Open and close a named range on the calling thread's line in the device's profiler; do nothing without a
  /// profiler. See LaneRange.
  virtual void push_range(const char* /*name*/) {}
  virtual void pop_range() {}
};

/// While it lives, names the calling thread's activity on `lane`: the training of a group, an epoch, ...
class LaneRange {
 public:
  LaneRange(Lane& lane, const std::string& name) : lane_(lane) { lane_.push_range(name.c_str()); }
  ~LaneRange() { lane_.pop_range(); }
  LaneRange(const LaneRange&) = delete;
  LaneRange& operator=(const LaneRange&) = delete;

 private:
  Lane& lane_;
};

}  // namespace gpu_sweep
