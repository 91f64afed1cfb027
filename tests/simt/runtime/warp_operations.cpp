// Shuffles, votes and syncs of a warp. Each thread waits until all threads in its mask that have not returned
// have arrived, and then receives its result.
#include <bit>

#include "tests/simt/runtime/block.h"
#include "tests/simt/runtime/sanitizer.h"
#include "tests/simt/runtime/source_place.h"

namespace simt {

std::uint64_t Block::exchange(WarpOp op, unsigned mask, std::uint64_t value, int operand, int width,
                              std::source_location where) {
  Thread& self = threads_[running_];
  if ((mask >> running_ % kLanes & 1u) == 0) {
    error_ = "thread " + std::to_string(running_ % kLanes) +
             " of the warp is not in the mask that it gives at " + place(where);
    wait(State::kInWarp, where);
  }
  self.op = op;
  self.mask = mask;
  self.value = value;
  self.operand = operand;
  self.width = width;
  const unsigned first = running_ / kLanes * kLanes + static_cast<unsigned>(std::countr_zero(mask));
  void* sync = &sync_[first][warp_ops_passed_[first] % 2];
  sanitizer::release(sync);
  wait(State::kInWarp, where);
  sanitizer::acquire(sync);
  return self.value;
}

/// Completes the warp operations for which all threads have arrived.
void Block::release_warp(unsigned warp) {
  const unsigned first_lane = warp * kLanes;
  for (unsigned lane = 0; lane < kLanes && first_lane + lane < threads_.size(); ++lane) {
    const Thread& waiting = threads_[first_lane + lane];
    const unsigned alive = warps_[warp].alive;
    if ((warps_[warp].ready >> lane & 1u) != 0 || !warp_complete(first_lane, waiting, alive)) continue;
    const unsigned lanes = waiting.mask & alive;
    finish_warp_op(first_lane, lanes);
    warps_[warp].ready |= lanes;
    ++warp_ops_passed_[first_lane + static_cast<unsigned>(std::countr_zero(waiting.mask))];
  }
}

/// Returns whether all threads of the mask that have not returned wait at the same operation.
bool Block::warp_complete(unsigned first_lane, const Thread& waiting, unsigned alive) const {
  if (waiting.state != State::kInWarp) return false;
  for (unsigned bits = waiting.mask & alive; bits != 0; bits &= bits - 1) {
    const Thread& other = threads_[first_lane + static_cast<unsigned>(std::countr_zero(bits))];
    if (other.state != State::kInWarp || other.op != waiting.op || other.mask != waiting.mask ||
        !same_place(other.where, waiting.where)) {
      return false;
    }
  }
  return true;
}

/// Gives every thread its result. A thread that takes a value from a thread outside the operation receives
/// poison.
void Block::finish_warp_op(unsigned first_lane, unsigned lanes) {
  std::array<std::uint64_t, kLanes> given;
  given.fill(~std::uint64_t{0});
  unsigned ballot = 0;
  for (unsigned bits = lanes; bits != 0; bits &= bits - 1) {
    const auto lane = static_cast<unsigned>(std::countr_zero(bits));
    given[lane] = threads_[first_lane + lane].value;
    if (given[lane] != 0) ballot |= 1u << lane;
  }
  for (unsigned bits = lanes; bits != 0; bits &= bits - 1) {
    const int lane = std::countr_zero(bits);
    Thread& thread = threads_[first_lane + static_cast<unsigned>(lane)];
    thread.state = State::kReady;
    const int begin = lane / thread.width * thread.width;
    int source = lane;
    switch (thread.op) {
      case WarpOp::kSync:
        continue;
      case WarpOp::kBallot:
        thread.value = ballot;
        continue;
      case WarpOp::kShuffle:
        source = begin + thread.operand % thread.width;
        break;
      case WarpOp::kShuffleUp:
        source = lane - thread.operand;
        break;
      case WarpOp::kShuffleDown:
        source = lane + thread.operand;
        break;
      case WarpOp::kShuffleXor:
        source = lane ^ thread.operand;
        break;
    }
    const bool inside = source >= begin && source < begin + thread.width;
    thread.value = given[static_cast<std::size_t>(inside ? source : lane)];
  }
}

std::uint64_t warp_exchange(WarpOp op, unsigned mask, std::uint64_t value, int operand, int width,
                            std::source_location where) {
  return Block::current()->exchange(op, mask, value, operand, width, where);
}

}  // namespace simt
