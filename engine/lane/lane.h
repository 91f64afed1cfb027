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

/// Owns memory on a lane's device. The memory starts at a multiple of 256 bytes, and a lane fills it with
/// zeros when it allocates it. Move-only; a buffer is empty after it was moved from.
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

  std::byte* data() const { return owner_.get(); }  ///< a device address, for use by lanes only
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<std::byte> owner_;
  std::size_t bytes_ = 0;
};

/// The graph nodes that a lane replays each time it launches a compiled program.
struct ReplayedNodes {
  int count = 0;  ///< of all repeats, including nodes that libraries add; 0 without a graph
  /// One line for each operation that takes more than one node per execution, with the names of these nodes:
  /// "shuffle: draw_keys, fill, kernel of a library, take_indices".
  std::vector<std::string> several;
};

/// A program that is bound to its memory and ready to run on one lane. Only the lane that compiled it knows
/// its contents.
class CompiledProgram {
 public:
  /// The compiled form of a program. Each kind of lane derives its own type from it.
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

/// The bytes of a buffer from `offset` on, and the host memory into which they are copied.
struct Part {
  std::size_t offset = 0;
  std::span<std::byte> to;
};

/// Evaluation batch size on a CUDA device. It is also used to make plans for a card that is not present.
inline constexpr int kCudaEvaluationBatch = 1000;

struct LaneTraits {
  int evaluation_batch = 0;  ///< rows per evaluation step that suit the device
  int steps_per_launch = 1;  ///< the most steps worth compiling into one program
};

/// The interface that each kind of device implements. All members must be called from the same thread. Work
/// is queued and executed in order. After the first error of queued work, later work is dropped, and each
/// call of `wait` and `download` throws this error.
class Lane {
 public:
  virtual ~Lane() = default;

  virtual LaneTraits traits() const = 0;

  /// Returns the bytes of scratch memory that Shuffle needs on this device.
  virtual std::uint64_t shuffle_scratch_bytes(int replicas, int rows) const = 0;

  /// Allocates device memory. Throws OutOfMemory with the numbers of requested and free bytes. A buffer must
  /// be destroyed before its lane. Other lanes on the same device may use the buffer, but they must have
  /// waited for that work before the buffer is destroyed, because its lane may reuse the memory for the next
  /// buffer.
  virtual Buffer allocate(std::size_t bytes) = 0;

  /// Returns the free device memory, in bytes.
  virtual std::uint64_t free_bytes() = 0;

  /// Queues a fill of the whole buffer with zeros.
  virtual void clear(const Buffer& buffer) = 0;

  /// Queues a copy of `from` into `to`, starting at byte `offset`. The caller may reuse `from` as soon as
  /// this function returns.
  virtual void upload(const Buffer& to, std::size_t offset, std::span<const std::byte> from) = 0;

  /// Queues a copy of `bytes` bytes of `buffer`, from byte `from` to byte `to` on. The two ranges must not
  /// overlap.
  virtual void copy(const Buffer& buffer, std::size_t from, std::size_t to, std::size_t bytes) = 0;

  /// Copies parts of `from` to the host. Waits until everything queued is done, and throws the lane's first
  /// error, as `wait` does. After it has returned or thrown, nothing writes to the host memory of `parts` any
  /// more. A call with many small parts waits once instead of once per part.
  virtual void download(const Buffer& from, std::span<const Part> parts) = 0;

  void download(const Buffer& from, std::size_t offset, std::span<std::byte> to) {
    const Part part = {offset, to};
    download(from, std::span(&part, 1));
  }

  /// Prepares `repeats` consecutive executions of `program`. Throws std::logic_error if a check of the
  /// program fails. The buffers must outlive the result.
  /// The program may be executed once on the current contents of the buffers, so that code is loaded that
  /// would otherwise be loaded at first use. Data that must not change therefore has to be uploaded after
  /// this call. Throws OutOfMemory if there is no room for the loaded code; the lane stays usable.
  virtual CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& group,
                                  int repeats) = 0;

  /// Queues a compiled program `times` times, which gives times * repeats executions.
  virtual void run(const CompiledProgram& program, int times) = 0;

  /// Returns when everything queued is done. Throws the first error of the lane.
  virtual void wait() = 0;

  /// Open and close a named range on the timeline of the calling thread in the device's profiler. Without a
  /// profiler they do nothing. Use LaneRange instead of calling them directly.
  virtual void push_range(const char* /*name*/) {}
  virtual void pop_range() {}
};

/// A profiler range on `lane` that lasts as long as this object. It names what the calling thread does: the
/// training of a group, an epoch, ...
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
