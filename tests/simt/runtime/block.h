// One block of threads. Each thread is a fiber, and the seed determines the order in which they run.
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

/// Fibers that are reused from block to block.
using FiberPool = std::vector<std::unique_ptr<Fiber>>;

/// Runs the block until all threads have returned, or until the first error. Warps take turns, and a warp may
/// run ahead of the others up to the next barrier of the block. The threads of a warp run one after another,
/// each up to the next point where it must wait.
class Block {
 public:
  Block(const std::function<void()>& body, dim3 shape, FiberPool& fibers, Random& random);

  /// Returns an empty string or a description of the error. For ThreadSanitizer, `launch_sync` places all
  /// threads after the start of the launch, and `join_sync` places them before its end.
  std::string run(void* launch_sync, void* join_sync);

  /// The block whose thread is running now, or null.
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
    std::uint64_t value = 0;  // what the thread gives to a barrier or warp operation; then its result
  };
  struct Warp {
    unsigned ready = 0;  // one bit per thread of the warp, set if it can continue
    unsigned alive = 0;  // one bit per thread of the warp, set if it has not returned
  };
  struct Abandoned {};  // thrown through device code to unwind its stack after an error

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
  // Pairs of objects for ThreadSanitizer, which are allocated anew for every block. One object of a pair
  // places the arrivals at a barrier before the departures from it. The next barrier uses the other object,
  // so that a warp that runs ahead imposes no order on threads that are still leaving. A warp operation uses
  // the pair of the first thread in its mask; the barriers of the block use the last pair.
  std::vector<std::array<char, 2>> sync_;
  std::vector<unsigned> warp_ops_passed_;
  unsigned barriers_passed_ = 0;
};

}  // namespace simt
