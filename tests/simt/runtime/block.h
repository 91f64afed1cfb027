// One block of threads: every thread a fiber, run in an order that the seed chooses.
#pragma once

#include <device_functions.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/simt/runtime/fiber.h"
#include "tests/simt/runtime/random.h"

namespace simt {

/// The fibers of one host thread's worth of device; they are reused from block to block.
using FiberPool = std::vector<std::unique_ptr<Fiber>>;

/// Runs to the end of all threads, or to the first error. Any legal order may happen: warps take turns, and
/// one may run ahead of the others up to the next barrier of the block; lanes of a warp go one after the
/// other, each to the next point where it must wait.
class Block {
 public:
  /// `launch_sync` and `join_sync` order the block behind the launch and before its end (ThreadSanitizer
  /// only).
  Block(const std::function<void()>& body, dim3 shape, FiberPool& fibers, Random& random);

  /// Empty, or what went wrong.
  std::string run(void* launch_sync, void* join_sync);

  /// The block whose thread is running now.
  static Block* current();

  // Called by device code, on a fiber.
  int barrier(BarrierKind kind, bool predicate, std::source_location where);
  std::uint64_t exchange(WarpOp op, unsigned mask, std::uint64_t value, int operand, int width,
                         std::source_location where);

 private:
  static constexpr unsigned kLanes = 32;
  enum class State { kReady, kAtBarrier, kInWarp, kReturned };

  struct Thread {
    Fiber* fiber = nullptr;
    uint3 index{};
    State state = State::kReady;
    std::source_location where;
    BarrierKind kind = BarrierKind::kPlain;
    WarpOp op = WarpOp::kSync;
    unsigned mask = 0;
    int operand = 0;
    int width = 0;
    std::uint64_t value = 0;  // given to a barrier or warp operation, then what came out
  };
  struct Warp {
    unsigned ready = 0;  // lanes that can go on
    unsigned alive = 0;  // lanes that have not returned
  };
  struct Abandoned {};  // thrown through device code to clear its stack after an error

  static void enter(void* thread);
  void run_warp(unsigned warp);
  void resume(unsigned thread);
  void wait(State state, std::source_location where);
  bool release_barrier();
  void release_warp(unsigned warp);
  bool warp_complete(unsigned first_lane, const Thread& waiting, unsigned alive) const;
  void finish_warp_op(unsigned first_lane, unsigned lanes);
  void abandon();
  std::string describe_waiting() const;

  const std::function<void()>& body_;
  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
  Random& random_;
  unsigned running_ = 0;
  bool abandoned_ = false;
  std::string error_;
  void* launch_sync_ = nullptr;
  void* join_sync_ = nullptr;
  // One object orders a barrier's arrivals before its departures; the next barrier takes the other, so that a
  // warp which runs ahead orders nothing for those still leaving. On the heap, fresh for every block. Warp
  // operations have theirs at the first lane of their mask.
  std::vector<std::array<char, 2>> sync_;
  std::vector<unsigned> warp_ops_passed_;
  unsigned barriers_passed_ = 0;
};

}  // namespace simt
