#include "tests/simt/runtime/block.h"

#include <bit>
#include <map>

#include "tests/simt/runtime/sanitizer.h"
#include "tests/simt/runtime/source_place.h"

uint3 threadIdx;

namespace simt {

namespace {

Block*& current_block() {
  static Block* block = nullptr;
  return block;
}

}  // namespace

Block* Block::current() { return current_block(); }

Block::Block(const std::function<void()>& body, dim3 shape, FiberPool& fibers, Random& random)
    : body_(body),
      threads_(shape.x * shape.y * shape.z),
      warps_((threads_.size() + kLanes - 1) / kLanes),
      random_(random),
      sync_(threads_.size() + 1),
      warp_ops_passed_(threads_.size()) {
  while (fibers.size() < threads_.size()) fibers.push_back(std::make_unique<Fiber>());
  // For each block, assigns the threads to fibers in a new order. Thread i of one block then usually has
  // another fiber than thread i of another block, so that ThreadSanitizer sees a race between the two.
  std::vector<unsigned> order(fibers.size());
  for (unsigned i = 0; i < order.size(); ++i) order[i] = i;
  random_.shuffle(order, order.size());
  for (unsigned i = 0; i < threads_.size(); ++i) {
    threads_[i].fiber = fibers[order[i]].get();
    threads_[i].index = {i % shape.x, i / shape.x % shape.y, i / shape.x / shape.y};
    warps_[i / kLanes].alive |= 1u << i % kLanes;
  }
}

std::string Block::run(void* launch_sync, void* join_sync) {
  launch_sync_ = launch_sync;
  join_sync_ = join_sync;
  current_block() = this;
  for (Thread& thread : threads_) thread.fiber->start(&Block::enter, this);
  for (Warp& warp : warps_) warp.ready = warp.alive;
  for (;;) {
    std::array<unsigned, kLanes> runnable;
    unsigned count = 0;
    unsigned alive = 0;
    for (unsigned w = 0; w < warps_.size(); ++w) {
      if (warps_[w].ready != 0) runnable[count++] = w;
      alive |= warps_[w].alive;
    }
    if (count != 0) {
      run_warp(runnable[random_.below(count)]);
    } else if (alive == 0) {
      break;
    } else if (!release_barrier()) {
      if (error_.empty()) error_ = "divergent barrier: " + describe_waiting();
    }
    if (!error_.empty()) {
      abandon();
      break;
    }
  }
  current_block() = nullptr;
  return error_;
}

/// Every fiber starts in this function.
void Block::enter(void* block_pointer) {
  auto& block = *static_cast<Block*>(block_pointer);
  const unsigned self = block.running_;
  sanitizer::acquire(block.launch_sync_);
  try {
    if (!block.abandoned_) block.body_();
  } catch (const Abandoned&) {
  }
  sanitizer::release(block.join_sync_);
  block.threads_[self].state = State::kReturned;
  block.warps_[self / kLanes].alive &= ~(1u << self % kLanes);
}

/// Runs one warp for a random number of rounds. Each round resumes some or all of those threads of the warp
/// that are ready.
void Block::run_warp(unsigned warp) {
  std::size_t rounds = random_.one_in(2) ? ~std::size_t{0} : 1 + random_.below(3);
  while (warps_[warp].ready != 0 && rounds-- > 0 && error_.empty()) {
    std::array<unsigned, kLanes> lanes;
    unsigned count = 0;
    for (unsigned bits = warps_[warp].ready; bits != 0; bits &= bits - 1) {
      lanes[count++] = static_cast<unsigned>(std::countr_zero(bits));
    }
    random_.shuffle(lanes, count);
    if (random_.one_in(8)) count = 1 + static_cast<unsigned>(random_.below(count));
    for (unsigned i = 0; i < count && error_.empty(); ++i) resume(warp * kLanes + lanes[i]);
    release_warp(warp);
  }
}

void Block::resume(unsigned thread) {
  running_ = thread;
  threadIdx = threads_[thread].index;
  warps_[thread / kLanes].ready &= ~(1u << thread % kLanes);
  threads_[thread].fiber->resume();
}

/// Called on the fiber. Suspends it until the scheduler finds that all threads that must arrive have arrived.
void Block::wait(State state, std::source_location where) {
  Thread& self = threads_[running_];
  self.state = state;
  self.where = where;
  self.fiber->suspend();
  if (abandoned_) throw Abandoned{};
}

int Block::barrier(BarrierKind kind, bool predicate, std::source_location where) {
  Thread& self = threads_[running_];
  self.kind = kind;
  self.value = predicate;
  void* sync = &sync_.back()[barriers_passed_ % 2];
  sanitizer::release(sync);
  wait(State::kAtBarrier, where);
  sanitizer::acquire(sync);
  return static_cast<int>(self.value);
}

/// Opens the barrier if all threads of the block wait at the same barrier. Returns whether it opened.
bool Block::release_barrier() {
  const Thread& first = threads_.front();
  std::uint64_t count = 0;
  for (const Thread& thread : threads_) {
    if (thread.state != State::kAtBarrier || thread.kind != first.kind ||
        !same_place(thread.where, first.where)) {
      return false;
    }
    count += thread.value;
  }
  for (Thread& thread : threads_) {
    thread.state = State::kReady;
    switch (thread.kind) {
      case BarrierKind::kPlain:
        thread.value = 0;
        break;
      case BarrierKind::kCount:
        thread.value = count;
        break;
      case BarrierKind::kAnd:
        thread.value = count == threads_.size();
        break;
      case BarrierKind::kOr:
        thread.value = count != 0;
        break;
    }
  }
  for (Warp& warp : warps_) warp.ready = warp.alive;
  ++barriers_passed_;
  return true;
}

void Block::abandon() {
  abandoned_ = true;
  for (unsigned i = 0; i < threads_.size(); ++i) {
    if (!threads_[i].fiber->finished()) resume(i);
  }
}

/// Returns text such as "32 threads have returned, 96 wait at update.cu:31".
std::string Block::describe_waiting() const {
  std::map<std::string, unsigned> counts;
  for (const Thread& thread : threads_) {
    switch (thread.state) {
      case State::kReturned:
        ++counts["have returned"];
        break;
      case State::kInWarp:
        ++counts["wait for threads of their warp at " + place(thread.where)];
        break;
      default:
        ++counts["wait at " + place(thread.where)];
        break;
    }
  }
  std::string text;
  for (const auto& [what, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + (text.empty() ? " threads " : " ") + what;
  }
  return text;
}

int block_barrier(BarrierKind kind, bool predicate, std::source_location where) {
  return Block::current()->barrier(kind, predicate, where);
}

}  // namespace simt
